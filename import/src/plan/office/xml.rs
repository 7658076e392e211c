//! A walk over XML, event by event: nothing is built of it, and no entity but the five of XML itself is ever put in.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::super::error::ReadError;
use super::archive::damaged;

/// Deeper than any office program nests its elements.
const DEEPEST: usize = 200;

/// What comes next in a document. Names are without their prefix.
pub(crate) enum Node<'a> {
    Start(Element<'a>),
    End(String),
    Text(String),
}

/// The start of an element.
pub(crate) struct Element<'a> {
    start: BytesStart<'a>,
    pub name: String,
}

impl Element<'_> {
    /// The value of an attribute, by its name without prefix.
    pub fn get(&self, name: &str) -> Option<String> {
        let found = self
            .start
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|attribute| attribute.key.local_name().as_ref() == name.as_bytes())?;
        let raw = std::str::from_utf8(&found.value).ok()?;
        Some(quick_xml::escape::unescape(raw).map_or_else(|_| raw.to_owned(), |value| value.into_owned()))
    }

    /// The value of the last attribute of a name: "r:id", where another has the name without prefix.
    pub fn get_last(&self, name: &str) -> Option<String> {
        let named = |key: &[u8]| key.rsplit(|byte| *byte == b':').next() == Some(name.as_bytes());
        let found =
            self.start.attributes().with_checks(false).flatten().filter(|a| named(a.key.as_ref())).last()?;
        std::str::from_utf8(&found.value).ok().map(str::to_owned)
    }

    /// The value of an attribute that is a number.
    pub fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name).and_then(|value| value.trim().parse().ok())
    }

    /// Is a property on? Without a value it is.
    pub fn is_on(&self) -> bool {
        !matches!(self.get("val").as_deref(), Some("0" | "false" | "off" | "none"))
    }
}

/// The walk.
pub(crate) struct Walk<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
    length: usize,
}

impl<'a> Walk<'a> {
    pub fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        Self { reader, depth: 0, length: text.len() }
    }

    /// How far it has come, in hundredths.
    pub fn percent(&self) -> u32 {
        let at = self.reader.buffer_position() * 100 / (self.length.max(1) as u64);
        u32::try_from(at).unwrap_or(100).min(100)
    }

    /// What comes next; nothing at the end.
    pub fn next(&mut self) -> Result<Option<Node<'a>>, ReadError> {
        let broken = || damaged("a part of it is no sound XML");
        loop {
            return Ok(Some(match self.reader.read_event().map_err(|_| broken())? {
                Event::Start(start) => {
                    self.depth += 1;
                    if self.depth > DEEPEST {
                        return Err(ReadError::TooMuch {
                            what: format!("its elements are nested over {DEEPEST} deep"),
                        });
                    }
                    let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
                    Node::Start(Element { start, name })
                }
                Event::End(end) => {
                    self.depth = self.depth.saturating_sub(1);
                    Node::End(String::from_utf8_lossy(end.local_name().as_ref()).into_owned())
                }
                Event::Text(text) => Node::Text(text.xml10_content().map_err(|_| broken())?.into_owned()),
                Event::CData(text) => Node::Text(text.xml10_content().map_err(|_| broken())?.into_owned()),
                Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                    Ok(Some(c)) => Node::Text(c.to_string()),
                    Ok(None) => {
                        let name = reference.decode().map_err(|_| broken())?;
                        match quick_xml::escape::resolve_predefined_entity(&name) {
                            Some(text) => Node::Text(text.to_owned()),
                            // An entity of the document's own: office programs write none.
                            None => return Err(broken()),
                        }
                    }
                    Err(_) => continue,
                },
                Event::Eof if self.depth == 0 => return Ok(None),
                Event::Eof => return Err(damaged("a part of it breaks off")),
                Event::Empty(_) | Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_) => {
                    continue;
                }
            }));
        }
    }

    /// Passes over the rest of the element that was just begun.
    pub fn skip(&mut self) -> Result<(), ReadError> {
        let mut inside = 1;
        while inside > 0 {
            match self.next()? {
                Some(Node::Start(_)) => inside += 1,
                Some(Node::End(_)) => inside -= 1,
                Some(Node::Text(_)) => {}
                None => break,
            }
        }
        Ok(())
    }

    /// The text of the element that was just begun, to its end.
    pub fn text(&mut self) -> Result<String, ReadError> {
        let mut inside = 1;
        let mut text = String::new();
        while inside > 0 {
            match self.next()? {
                Some(Node::Start(_)) => inside += 1,
                Some(Node::End(_)) => inside -= 1,
                Some(Node::Text(more)) => text.push_str(&more),
                None => break,
            }
        }
        Ok(text)
    }
}
