-- What is overdue: a page and the total.
SELECT json_build_object('data', json_build_object('programme', json_build_object('actions', json_build_object(
  'totalCount', (SELECT count(*) FROM action a
                 WHERE a.programme_id = g.id AND a.status IN ('NOT_STARTED', 'IN_PROGRESS') AND a.due_on < $2),
  'nodes', (
    SELECT coalesce(json_agg(json_build_object(
      'id', 'act_' || replace(a.id::text, '-', ''),
      'reference', a.reference,
      'aim', a.aim,
      'status', a.status,
      'dueOn', a.due_on,
      'declaredHealth', a.declared_health,
      'plan', (SELECT json_build_object('title', p.title) FROM plan p WHERE p.id = a.plan_id),
      'organisation', (SELECT json_build_object('name', o.name) FROM party o WHERE o.id = a.organisation_id),
      'leads', (SELECT coalesce(json_agg(CASE y.kind
                   WHEN 'PERSON' THEN json_build_object('__typename', 'Person', 'name', coalesce(y.name, y.post), 'post', y.post)
                   ELSE json_build_object('__typename', initcap(y.kind), 'name', y.name) END ORDER BY l.position, y.id), '[]')
                FROM action_party l JOIN party y ON y.id = l.party_id WHERE l.action_id = a.id AND l.role = 'LEAD'),
      'latestUpdate', (SELECT json_build_object('reportedOn', u.reported_on)
                       FROM progress_update u WHERE u.id = a.latest_update_id)
    ) ORDER BY a.due_on, a.id), '[]')
    FROM (SELECT * FROM action a
          WHERE a.programme_id = g.id AND a.status IN ('NOT_STARTED', 'IN_PROGRESS') AND a.due_on < $2
          ORDER BY a.due_on, a.id LIMIT 50) a)
))))::text
FROM programme g WHERE g.slug = $1
