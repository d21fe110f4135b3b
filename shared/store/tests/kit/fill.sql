-- 20 people with 1,000 tasks each beside whoever is there, and what goes with them.
create temporary table crowd as
    select i, 'p' || i as person, 's' || i as stream from generate_series(1, 20) i
    union all select 0, id, home from person;
insert into person (id, name, home, created_at) select person, person, stream, 0 from crowd where i > 0;
insert into member (person, stream) select person, stream from crowd where i > 0;
insert into stream_head (stream, n, at, hash, open_tasks, lists) select stream, 1000, 0, '', 0, 0 from crowd where i > 0;
insert into task (id, stream, version, updated_at, title, notes, status, due_key, due_end, start_key, start_end, priority, links, recurs,
        floats, position, created_at, doc, reminders)
    select stream || '.' || n, stream, 1, 0, 'title', '', case when n % 2 = 0 then 'open' else 'done' end, n, n, 0, 0, 0, false, false,
        false, 'a', 0, repeat('x', 600), '[]' from crowd, generate_series(1, 1000) n;
insert into task_text (task, stream, words) select id, stream, to_tsvector('simple', 'buy milk ' || id) from task
    on conflict do nothing;
insert into log (stream, n, kind, subject, about, version, payload, actor, client, client_kind, run, correlation, at, digest, hash)
    select stream, n + 100, 'task.created', stream || '.' || n, stream || '.' || n, 1, repeat('x', 600), person, 'page', 'person',
        stream || '.' || n, '', 0, '', '' from crowd, generate_series(1, 1000) n;
insert into reminder (task, reminder, generation, person, stream, moment, state)
    select stream || '.' || n, 'r', 1, person, stream, 1700000000000000 + n * 1000000000::bigint,
        case when n % 50 = 0 then 'open' else 'fired' end from crowd, generate_series(1, 1000) n;
insert into record (id, stream, kind, version, updated_at, parent, sort, deleted, doc)
    select stream || '.' || n, stream, 'tag', 1, 0, null, 'tag' || n, false, '{}' from crowd, generate_series(1, 100) n;
insert into delivery (id, person, stream, state, next_at, created_at, doc)
    select stream || '.' || n, person, stream, case when n % 50 = 0 then 'open' else 'sent' end, 1700000000000000 + n * 1000000000::bigint, 0,
        repeat('x', 300) from crowd, generate_series(1, 1000) n;
insert into outbox (stream, n, kind, subject, at) select stream, n + 100, 'task.created', '', 0 from crowd, generate_series(1, 500) n;
insert into retry (stream, n, kind, subject, at, subscriber, attempt, next_at, why)
    select stream, n + 100, 'task.created', '', 0, 'recur', 1, 1700000000000000 + n * 1000000000::bigint, ''
    from crowd, generate_series(1, 200) n;
analyze;
