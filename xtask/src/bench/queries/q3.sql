-- From an inspection to evidence.
SELECT json_build_object('data', json_build_object('node', json_build_object(
  'title', s.title,
  'issuedOn', s.issued_on,
  'judgements', (SELECT coalesce(json_agg(json_build_object('area', j.area, 'grade', j.grade) ORDER BY j.position), '[]')
                 FROM judgement j WHERE j.source_id = s.id),
  'recommendations', json_build_object('nodes', (
    SELECT coalesce(json_agg(json_build_object(
      'id', 'rec_' || replace(r.id::text, '-', ''),
      'reference', r.reference,
      'text', r.text,
      'actions', json_build_object('edges', (
        SELECT coalesce(json_agg(json_build_object(
          'qualifier', a.qualifier,
          'node', json_build_object(
            'id', 'act_' || replace(a.id::text, '-', ''),
            'reference', a.reference,
            'aim', a.aim,
            'status', a.status,
            'dueOn', a.due_on,
            'declaredHealth', a.declared_health,
            'evidence', json_build_object('nodes', (
              SELECT coalesce(json_agg(json_build_object(
                'id', 'evd_' || replace(e.id::text, '-', ''),
                'title', e.title,
                'strand', e.strand,
                'reviewStatus', e.review_status,
                'addedOn', e.added_on) ORDER BY e.added_on DESC, e.id DESC), '[]')
              FROM (SELECT e.id, e.title, e.strand, e.review_status, e.added_on
                    FROM evidence_action l JOIN evidence e ON e.id = l.evidence_id
                    WHERE l.action_id = a.id ORDER BY e.added_on DESC, e.id DESC LIMIT 10) e)))
        ) ORDER BY a.plan_id, a.position, a.id), '[]')
        FROM (SELECT a.*, l.qualifier FROM action_requirement l JOIN action a ON a.id = l.action_id
              WHERE l.requirement_id = r.id ORDER BY a.plan_id, a.position, a.id LIMIT 20) a))
    ) ORDER BY r.position, r.id), '[]')
    FROM (SELECT * FROM requirement r WHERE r.source_id = s.id ORDER BY r.position, r.id LIMIT 30) r))
)))::text
FROM source s WHERE s.id = $1
