-- A board's dashboard. No authorisation, as in all of these: one statement that returns the finished JSON.
SELECT json_build_object('data', json_build_object('node', json_build_object(
  'title', p.title,
  'status', p.status,
  'themes', (SELECT coalesce(json_agg(json_build_object('name', t.name) ORDER BY t.position), '[]')
             FROM theme t WHERE t.plan_id = p.id),
  'actions', json_build_object('nodes', (
    SELECT coalesce(json_agg(json_build_object(
      'id', 'act_' || replace(a.id::text, '-', ''),
      'reference', a.reference,
      'aim', a.aim,
      'status', a.status,
      'dueOn', a.due_on,
      'declaredHealth', a.declared_health,
      'leads', (SELECT coalesce(json_agg(CASE y.kind
                   WHEN 'PERSON' THEN json_build_object('__typename', 'Person', 'name', coalesce(y.name, y.post), 'post', y.post)
                   ELSE json_build_object('__typename', initcap(y.kind), 'name', y.name) END ORDER BY l.position, y.id), '[]')
                FROM action_party l JOIN party y ON y.id = l.party_id WHERE l.action_id = a.id AND l.role = 'LEAD'),
      'organisation', (SELECT json_build_object('name', o.name) FROM party o WHERE o.id = a.organisation_id),
      'requirements', json_build_object('edges', (
        SELECT coalesce(json_agg(json_build_object('qualifier', r.qualifier, 'node', json_build_object('reference', r.reference))
                                 ORDER BY r.position, r.id), '[]')
        FROM (SELECT l.qualifier, l.position, q.reference, q.id FROM action_requirement l
              JOIN requirement q ON q.id = l.requirement_id WHERE l.action_id = a.id
              ORDER BY l.position, q.id LIMIT 10) r)),
      'latestUpdate', (SELECT json_build_object('narrative', u.narrative, 'reportedOn', u.reported_on)
                       FROM progress_update u WHERE u.id = a.latest_update_id),
      'evidence', json_build_object('totalCount', (SELECT count(*) FROM evidence_action e WHERE e.action_id = a.id))
    ) ORDER BY a.position, a.id), '[]')
    FROM (SELECT * FROM action WHERE plan_id = p.id ORDER BY position, id LIMIT 50) a))
)))::text
FROM plan p WHERE p.id = $1
