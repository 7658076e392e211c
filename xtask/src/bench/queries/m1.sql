-- An update, without a ledger, a key, or anything that follows from it.
WITH added AS (
  INSERT INTO progress_update
    (id, programme_id, action_id, reported_on, narrative, declared_health, is_illustrative, created_at)
  SELECT $1, a.programme_id, a.id, $2, $3, $4, FALSE, now() FROM action a WHERE a.id = $5
  RETURNING id, action_id, narrative, declared_health, reported_on)
SELECT json_build_object('data', json_build_object('progressUpdateAdd', json_build_object(
  'progressUpdate', json_build_object(
    'id', 'upd_' || replace(u.id::text, '-', ''),
    'narrative', u.narrative,
    'declaredHealth', u.declared_health,
    'reportedOn', u.reported_on,
    'action', (SELECT json_build_object('id', 'act_' || replace(a.id::text, '-', ''), 'reference', a.reference)
               FROM action a WHERE a.id = u.action_id)),
  'userErrors', '[]'::json)))::text
FROM added u
