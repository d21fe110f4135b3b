-- Ids are text (hyphenated UUIDs) in byte order, times bigint microseconds UTC.
--
-- Two roles, which nobody signs in as; every transaction takes one of them:
--   errand_person  acts for one person (`errand.viewer`) and sees only their streams, whoever owns the tables;
--   errand_house   asks across people: clock, relay, remind, witness, sign-in, rebuild.
-- Who connects must be a member of both (or a superuser); who serves only people is made a member of the first alone.

do $$
declare
    own name;
begin
    foreach own in array array['errand_person', 'errand_house'] loop
        if not exists (select from pg_roles where rolname = own) then
            begin
                execute format('create role %I nologin', own);
            exception when duplicate_object or unique_violation then
                null; -- another database of this server made it just now
            end;
        end if;
        -- A superuser may take any role.
        if not (select rolsuper from pg_roles where rolname = current_user) then
            begin
                execute format('grant %I to %I', own, current_user);
            exception when insufficient_privilege or invalid_grant_operation or unique_violation then
                null; -- whether it is a member all the same is seen when it takes the role
            end;
        end if;
    end loop;
end
$$;

create table meta (key text collate "C" primary key, value text not null);

create table person (
    id text collate "C" primary key, name text not null, home text collate "C" not null unique, created_at bigint not null
);

-- Which streams a person may see.
create table member (
    person text collate "C" not null, stream text collate "C" not null, primary key (person, stream)
);

-- Each write to a stream takes its next turn; a write that was decided in an earlier turn is decided again.
create table stream_head (
    stream text collate "C" primary key, n bigint not null, at bigint not null, hash text not null,
    open_tasks bigint not null, lists bigint not null, turn bigint not null default 0
) with (fillfactor = 50);

-- Append-only; purging sets payload and salt to null and leaves the rest.
create table log (
    stream text collate "C" not null, n bigint not null, kind text collate "C" not null, subject text collate "C" not null,
    about text collate "C" not null, version bigint not null, payload text, actor text collate "C" not null,
    client text collate "C" not null, client_kind text not null, run text collate "C" not null, correlation text not null,
    causation text, at bigint not null, salt text, digest text not null, hash text not null, primary key (stream, n)
);
create index log_about on log (about, n);
create index log_run on log (run);
create index log_undone on log (stream, n) where kind = 'run.undone';
create index log_purged on log (about) where kind = 'task.purged';

create table task (
    id text collate "C" primary key, stream text collate "C" not null, version bigint not null, updated_at bigint not null,
    title text collate "C" not null, notes text collate "C" not null, status text collate "C" not null,
    due_key bigint not null, due_end bigint not null, start_key bigint not null, start_end bigint not null,
    deadline text collate "C", priority bigint not null, list_id text collate "C", section_id text collate "C",
    parent_id text collate "C", assignee text collate "C", estimate bigint, source_system text collate "C",
    source_id text collate "C", series_id text collate "C", links boolean not null, recurs boolean not null,
    floats boolean not null, blocked_by text, position text collate "C" not null, created_at bigint not null,
    closed_at bigint, deleted_at bigint, doc text not null, reminders text not null
);
create index task_list on task (stream, due_key, id) where status = 'open' and deleted_at is null;
create index task_of_list on task (list_id) where list_id is not null;
create index task_of_parent on task (parent_id) where parent_id is not null;
create index task_of_series on task (series_id) where series_id is not null;
create index task_of_source on task (stream, source_system, source_id) where source_id is not null;
create index task_closed on task (stream, closed_at, id) where closed_at is not null and deleted_at is null;
create index task_trash on task (stream, deleted_at, id) where deleted_at is not null;

-- `tag` in lower case, `name` as it is written on the task.
create table task_tag (
    stream text collate "C" not null, tag text collate "C" not null, task text collate "C" not null,
    name text collate "C" not null, primary key (stream, tag, task)
);
create index task_tag_task on task_tag (task);

-- Text without accents. Words are told apart and put into lower case before they come here.
create function errand_plain(words text) returns text immutable strict parallel safe language sql
    return regexp_replace(normalize(words, NFD), '[\u0300-\u036f]+', '', 'g');

-- What search reads. No GIN index: behind row-level security none is used, because matching words is no leakproof operator.
-- So a search reads the words of the person's own streams, found by this index.
create table task_text (task text collate "C" primary key, stream text collate "C" not null, words tsvector not null);
create index task_text_stream on task_text (stream);

-- Lists, sections, tags, views, comments, series and settings.
create table record (
    id text collate "C" primary key, stream text collate "C" not null, kind text collate "C" not null, version bigint not null,
    updated_at bigint not null, parent text collate "C", sort text collate "C" not null, deleted boolean not null,
    doc text not null
);
create index record_kind on record (stream, kind, sort, id);
create index record_parent on record (parent, sort, id) where parent is not null;

create table reminder (
    task text collate "C" not null, reminder text collate "C" not null, generation bigint not null,
    person text collate "C" not null, stream text collate "C" not null, moment bigint not null, state text collate "C" not null,
    primary key (task, reminder, generation)
);
create index reminder_due on reminder (moment) where state = 'open';
create index reminder_person on reminder (person, moment) where state = 'open';

-- Each reminder on each channel is claimed once for ever.
create table ledger (
    task text collate "C" not null, reminder text collate "C" not null, generation bigint not null, channel text collate "C" not null,
    delivery text collate "C" not null, person text collate "C" not null default nullif(current_setting('errand.viewer', true), ''),
    primary key (task, reminder, generation, channel)
);

create table delivery (
    id text collate "C" primary key, person text collate "C" not null, stream text collate "C" not null,
    state text collate "C" not null, next_at bigint not null, created_at bigint not null, doc text not null
);
create index delivery_due on delivery (next_at) where state = 'open';
create index delivery_person on delivery (person, created_at, id);

-- What is to be published: a line of the log, or a wake by its own id.
create table outbox (
    id bigint generated always as identity primary key, stream text collate "C" not null, n bigint, kind text collate "C" not null,
    wake text collate "C", subject text collate "C" not null, at bigint not null
);
create unique index outbox_wake on outbox (wake) where wake is not null;

-- What one subscriber did not take; without next_at a dead letter.
create table retry (
    id bigint generated always as identity primary key, stream text collate "C" not null, n bigint, kind text collate "C" not null,
    wake text collate "C", subject text collate "C" not null, at bigint not null, subscriber text not null,
    attempt bigint not null, next_at bigint, why text not null
);
create index retry_due on retry (next_at, id) where next_at is not null;

create table idempotency (
    person text collate "C" not null, route text collate "C" not null, key text collate "C" not null, body text not null,
    status bigint not null, version bigint, answer text not null, at bigint not null, primary key (person, route, key)
);
create index idempotency_age on idempotency (at);

create table consumed (
    source text collate "C" not null, id text collate "C" not null, at bigint not null, primary key (source, id)
);
create index consumed_age on consumed (at);

create table lease (name text collate "C" primary key, holder text not null, epoch bigint not null, until bigint not null);

create table credential (
    id text collate "C" primary key, person text collate "C" not null, hash text collate "C" not null unique, kind text not null,
    name text not null, scopes text not null, created_at bigint not null, expires_at bigint
);
create index credential_person on credential (person, kind, created_at);

-- Small documents of a person's that are not history: conversations, confirmations.
create table note (
    person text collate "C" not null, key text collate "C" not null, json text not null, at bigint not null,
    expires_at bigint not null, primary key (person, key)
);
create index note_expiry on note (expires_at);

-- Who may do what. The log is only added to; purging empties two of its columns.
grant select on meta, _sqlx_migrations to errand_person, errand_house;
grant insert, update on meta to errand_house;
grant select on person, member to errand_person;
grant select, insert on person, member, stream_head to errand_house;
grant select, update on stream_head to errand_person;
grant update on stream_head to errand_house;
grant select, insert, update (payload, salt) on log to errand_person;
grant select on log to errand_house;
grant select, insert, update, delete on task, task_tag, task_text, record, reminder, ledger, delivery, credential, note to errand_person, errand_house;
grant select, insert on outbox to errand_person;
grant select, delete on outbox to errand_house;
grant select, insert, update, delete on retry, lease to errand_house;
grant select, insert, delete on idempotency to errand_person;
grant select, delete on idempotency to errand_house;
grant select, insert on consumed to errand_person;
grant select, delete on consumed to errand_house;

-- Row-level security on everything of a person's or a stream's, also for the owner of the tables. Without a viewer (null, or ''
-- after the transaction that had one) no row is seen and none can be written.
create function errand_viewer() returns text stable parallel safe language sql
    return nullif(current_setting('errand.viewer', true), '');

do $$
declare
    own name;
begin
    foreach own in array array['person', 'member', 'stream_head', 'log', 'task', 'task_tag', 'task_text', 'record', 'reminder',
            'ledger', 'delivery', 'outbox', 'retry', 'idempotency', 'credential', 'note'] loop
        execute format('alter table %I enable row level security', own);
        execute format('alter table %I force row level security', own);
        execute format('create policy house on %I to errand_house using (true) with check (true)', own);
    end loop;
    foreach own in array array['member', 'ledger', 'delivery', 'idempotency', 'credential', 'note'] loop
        execute format('create policy viewer on %I to errand_person using (person = (select errand_viewer()))', own);
    end loop;
    foreach own in array array['stream_head', 'log', 'task', 'task_tag', 'task_text', 'record', 'reminder', 'outbox'] loop
        execute format('create policy viewer on %I to errand_person using '
            '(stream in (select stream from member where person = (select errand_viewer())))', own);
    end loop;
end
$$;
create policy viewer on person to errand_person using (id = (select errand_viewer()));
