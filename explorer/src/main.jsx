import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { GraphiQL } from "graphiql";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import "graphiql/style.css";
import "./bar.css";
import { examples } from "./examples.js";

const NO_TOKEN = { subject: "no token", about: "anybody who comes by", token: null };

/** The subject named in the address, so that a link can say "look at this as the police". */
function subjectOfAddress() {
  return new URLSearchParams(window.location.hash.slice(1)).get("as");
}

function useSubjects() {
  const [subjects, setSubjects] = useState([NO_TOKEN]);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    fetch("/demo/tokens")
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.statusText))))
      .then(({ tokens }) => setSubjects([...tokens, NO_TOKEN]))
      .catch(() => setFailed(true));
  }, []);
  return { subjects, failed };
}

function Bar({ subjects, chosen, onChoose, onExample, failed }) {
  return (
    <header className="gt-bar">
      <h1>Golden Thread</h1>
      <label>
        See it as
        <select value={chosen.subject} onChange={(event) => onChoose(event.target.value)}>
          {subjects.map(({ subject }) => (
            <option key={subject}>{subject}</option>
          ))}
        </select>
      </label>
      <span className="gt-about">{failed ? "The tokens could not be fetched: reload the page." : chosen.about}</span>
      <label>
        Example
        <select value="" onChange={(event) => onExample(Number(event.target.value))}>
          <option value="" disabled>
            open one in a new tab…
          </option>
          {examples.map(({ title }, index) => (
            <option key={title} value={index}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <span className="gt-note">Demonstration data, partly invented</span>
    </header>
  );
}

/**
 * GraphiQL keeps its tabs by itself, so a new key starts it again with them: after an example was opened, and after
 * the subject changed, so that no answer stands there that was given to somebody else.
 */
function Explorer() {
  const { subjects, failed } = useSubjects();
  const [wanted, setWanted] = useState(() => subjectOfAddress() ?? "board-member");
  const chosen = subjects.find(({ subject }) => subject === wanted) ?? NO_TOKEN;
  const token = useRef(null);
  token.current = chosen.token;
  const [opened, setOpened] = useState({ count: 0, query: undefined });

  const fetcher = useMemo(() => {
    const withToken = (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set("Accept", "application/graphql-response+json, application/json;q=0.9");
      if (token.current && !headers.has("Authorization")) {
        headers.set("Authorization", `Bearer ${token.current}`);
      }
      return fetch(input, { ...init, headers });
    };
    return createGraphiQLFetcher({ url: "/graphql", fetch: withToken });
  }, []);

  const choose = useCallback((subject) => {
    setWanted(subject);
    window.history.replaceState(null, "", `#as=${encodeURIComponent(subject)}`);
  }, []);

  const ready = failed || subjects.length > 1;
  return (
    <>
      <Bar
        subjects={subjects}
        chosen={chosen}
        failed={failed}
        onChoose={choose}
        onExample={(index) => setOpened(({ count }) => ({ count: count + 1, query: examples[index].query }))}
      />
      {ready && (
        <div className="gt-explorer">
          <GraphiQL
            key={`${chosen.subject} ${opened.count}`}
            fetcher={fetcher}
            query={opened.query}
            defaultTabs={examples.map(({ query }) => ({ query, variables: "", headers: "" }))}
            defaultEditorToolsVisibility={false}
            shouldPersistHeaders={false}
            showPersistHeadersSettings={false}
          />
        </div>
      )}
    </>
  );
}

createRoot(document.getElementById("root")).render(<Explorer />);
