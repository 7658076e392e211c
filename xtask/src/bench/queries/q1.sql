-- One action.
SELECT json_build_object('data', json_build_object('node', json_build_object(
  'id', 'act_' || replace(a.id::text, '-', ''),
  'reference', a.reference,
  'aim', a.aim,
  'status', a.status,
  'statusOn', a.status_on,
  'startOn', a.start_on,
  'dueOn', a.due_on,
  'duePrecision', a.due_precision,
  'timeframeAsPrinted', a.timeframe_as_printed,
  'declaredHealth', a.declared_health,
  'notes', a.notes,
  'version', a.version,
  'plan', json_build_object('title', p.title, 'status', p.status),
  'theme', CASE WHEN t.id IS NOT NULL THEN json_build_object('name', t.name) END,
  'organisation', CASE WHEN o.id IS NOT NULL THEN json_build_object('name', o.name) END,
  'leads', (SELECT coalesce(json_agg(CASE y.kind
               WHEN 'PERSON' THEN json_build_object('__typename', 'Person', 'name', coalesce(y.name, y.post), 'post', y.post)
               ELSE json_build_object('__typename', initcap(y.kind), 'name', y.name) END ORDER BY l.position, y.id), '[]')
            FROM action_party l JOIN party y ON y.id = l.party_id WHERE l.action_id = a.id AND l.role = 'LEAD'),
  'steps', (SELECT coalesce(json_agg(json_build_object('text', s.text, 'dueOn', s.due_on, 'doneOn', s.done_on)
                                     ORDER BY s.position), '[]')
            FROM step s WHERE s.action_id = a.id),
  'latestUpdate', CASE WHEN u.id IS NOT NULL THEN json_build_object(
      'narrative', u.narrative, 'nextSteps', u.next_steps, 'reportedOn', u.reported_on) END
)))::text
FROM action a
JOIN plan p ON p.id = a.plan_id
LEFT JOIN theme t ON t.id = a.theme_id
LEFT JOIN party o ON o.id = a.organisation_id
LEFT JOIN progress_update u ON u.id = a.latest_update_id
WHERE a.id = $1
