-- Many rows beside those of the world, in fifty programmes, so that the server has reason to choose. They are copies of what there is:
-- nothing here is about what they say. Every third copy stays in its programme.

CREATE TEMPORARY TABLE many AS SELECT n - 1 AS number, gen_random_uuid() AS id FROM generate_series(1, 50) n;

INSERT INTO programme
SELECT (jsonb_populate_record(NULL::programme, to_jsonb(r) || jsonb_build_object('id', m.id, 'slug', 'copy-' || m.number, 'is_public', FALSE))).*
FROM programme r, many m WHERE r.slug = 'northshire';

-- Copies the rows of a table that a condition meets, so many, each with what is other in the copy n.
CREATE FUNCTION pg_temp.copies(of text, which text, count integer, other text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO %1$I SELECT (jsonb_populate_record(NULL::%1$I, to_jsonb(r) - ''place'' - ''places'' || jsonb_build_object(
             ''programme_id'', CASE WHEN n %% 3 = 0 THEN r.programme_id ELSE (SELECT id FROM many WHERE number = n %% 50) END
         ) || jsonb_build_object(%4$s))).*
         FROM (SELECT *, row_number() OVER () AS place, count(*) OVER () AS places FROM %1$I WHERE %2$s) r,
              generate_series(1, %3$s) n WHERE r.place = n %% r.places + 1',
        of, which, count, other);
END $$;

SELECT pg_temp.copies('action', 'plan_id IN (SELECT id FROM plan WHERE title = ''Published plan'') AND latest_update_id IS NOT NULL', 2000,
    '''id'', gen_random_uuid(), ''position'', 1000 + n, ''reference'', ''9.'' || n, ''reference_sort'', ''z'' || lpad(n::text, 9, ''0''),
     ''latest_update_id'', NULL, ''created_at'', now() - n * interval ''1 minute'', ''updated_at'', now() - n * interval ''1 minute''');
CREATE TEMPORARY TABLE numbered_action AS SELECT row_number() OVER () - 1 AS number, id, programme_id,
    row_number() OVER (PARTITION BY programme_id) AS own, count(*) OVER (PARTITION BY programme_id) AS of FROM action WHERE position > 1000;
CREATE UNIQUE INDEX ON numbered_action (number);

SELECT pg_temp.copies(of, 'TRUE', count, '''id'', gen_random_uuid(), ''action_id'', (SELECT id FROM numbered_action WHERE number = n % 2000),
    ''programme_id'', (SELECT programme_id FROM numbered_action WHERE number = n % 2000)' || other)
FROM (VALUES ('progress_update', 4000, ''), ('challenge', 1000, ''), ('step', 3000, ', ''position'', 1000 + n')) AS of(of, count, other);

SELECT pg_temp.copies('evidence', 'TRUE', 4000, '''id'', gen_random_uuid(), ''title'', ''Copy '' || n, ''added_on'', ''2016-01-01''::date + n % 1000');
SELECT pg_temp.copies('requirement', 'kind = ''RECOMMENDATION''', 1000,
    '''id'', gen_random_uuid(), ''position'', 1000 + n, ''reference'', ''c'' || n, ''reference_sort'', ''z'' || lpad(n::text, 9, ''0'')');
SELECT pg_temp.copies(of, which, 1000, '''id'', gen_random_uuid()' || other)
FROM (VALUES ('measure', 'TRUE', ', ''title'', ''Copy '' || n, ''code'', ''C'' || n'), ('feedback', 'TRUE', ''),
             ('audit', 'reaudit_of_id IS NULL', ', ''title'', ''Copy '' || n'), ('audit_finding', 'TRUE', ''), ('evidence_file', 'TRUE', ', ''document_id'', gen_random_uuid(), ''name'', ''Copy '' || n'),
             ('reading', 'TRUE', ', ''measure_id'', (SELECT id FROM measure WHERE code = ''C'' || n)')) AS of(of, which, other);
-- Half of them of one action.
SELECT pg_temp.copies('ledger_entry', 'entity_type = ''Action'' AND entity_version = 1 AND entity_id ' || which ||
    ' (SELECT id FROM action WHERE reference = ''1.1'' AND programme_id = (SELECT id FROM programme WHERE slug = ''northshire'') LIMIT 1)', 1500,
    '''sequence'', 1000000 + 2 * n + ' || odd || ', ''programme_id'', r.programme_id')
FROM (VALUES ('=', 0), ('<>', 1)) AS of(which, odd);

CREATE TEMPORARY TABLE numbered_evidence AS SELECT id, programme_id, row_number() OVER (PARTITION BY programme_id) AS own FROM evidence WHERE title LIKE 'Copy %';
CREATE TEMPORARY TABLE numbered_requirement AS SELECT id, programme_id,
    row_number() OVER (PARTITION BY programme_id) AS own, count(*) OVER (PARTITION BY programme_id) AS of FROM requirement WHERE position > 1000;
INSERT INTO evidence_action (programme_id, evidence_id, action_id)
SELECT a.programme_id, e.id, a.id FROM numbered_evidence e JOIN numbered_action a ON a.programme_id = e.programme_id AND a.own = 1 + e.own % a.of;
INSERT INTO action_requirement (programme_id, action_id, requirement_id, qualifier, position)
SELECT a.programme_id, a.id, q.id, NULL, 1 FROM numbered_action a JOIN numbered_requirement q ON q.programme_id = a.programme_id AND q.own = 1 + a.own % q.of;
INSERT INTO action_party (programme_id, action_id, party_id, role, position)
SELECT a.programme_id, a.id, (SELECT id FROM party WHERE name = 'Northshire Police'), 'LEAD', 1 FROM numbered_action a;
INSERT INTO entry_action (programme_id, sequence, action_id)
SELECT programme_id, sequence, entity_id FROM ledger_entry WHERE sequence >= 1000000;
INSERT INTO requirement_leaf (programme_id, ancestor_id, leaf_id)
SELECT r.programme_id, r.id, r.id FROM requirement r JOIN numbered_requirement q ON q.id = r.id;

-- Links of all kinds: which of them there are few of is not for the server to go by.
INSERT INTO action_dependency (programme_id, action_id, depends_on_id, is_illustrative)
SELECT a.programme_id, a.id, b.id, FALSE FROM numbered_action a JOIN numbered_action b ON b.number = a.number + 3;
INSERT INTO measure_action (programme_id, measure_id, action_id)
SELECT a.programme_id, m.id, a.id FROM (SELECT id, programme_id, row_number() OVER (PARTITION BY programme_id) AS own FROM measure) m JOIN numbered_action a ON a.programme_id = m.programme_id AND a.own = m.own;
INSERT INTO feedback_action (programme_id, feedback_id, action_id)
SELECT a.programme_id, m.id, a.id FROM (SELECT id, programme_id, row_number() OVER (PARTITION BY programme_id) AS own FROM feedback WHERE id NOT IN (SELECT feedback_id FROM feedback_action)) m
JOIN numbered_action a ON a.programme_id = m.programme_id AND a.own = m.own;
INSERT INTO audit_action (programme_id, audit_id, action_id)
SELECT a.programme_id, m.id, a.id FROM (SELECT id, programme_id, row_number() OVER (PARTITION BY programme_id) AS own FROM audit) m JOIN numbered_action a ON a.programme_id = m.programme_id AND a.own = m.own;
INSERT INTO evidence_requirement (programme_id, evidence_id, requirement_id)
SELECT e.programme_id, e.id, q.id FROM numbered_evidence e JOIN numbered_requirement q ON q.programme_id = e.programme_id AND q.own = 1 + e.own % q.of;
INSERT INTO measure_requirement (programme_id, measure_id, requirement_id)
SELECT m.programme_id, m.id, q.id FROM (SELECT id, programme_id, row_number() OVER (PARTITION BY programme_id) AS own FROM measure) m JOIN numbered_requirement q ON q.programme_id = m.programme_id AND q.own = m.own;
INSERT INTO feedback_requirement (programme_id, feedback_id, requirement_id)
SELECT m.programme_id, m.id, q.id FROM (SELECT id, programme_id, row_number() OVER (PARTITION BY programme_id) AS own FROM feedback) m JOIN numbered_requirement q ON q.programme_id = m.programme_id AND q.own = m.own;
INSERT INTO audit_requirement (programme_id, audit_id, requirement_id)
SELECT m.programme_id, m.id, q.id FROM (SELECT id, programme_id, row_number() OVER (PARTITION BY programme_id) AS own FROM audit) m JOIN numbered_requirement q ON q.programme_id = m.programme_id AND q.own = m.own;
