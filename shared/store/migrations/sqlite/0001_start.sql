-- Ids are TEXT (hyphenated UUIDs), times BIGINT microseconds UTC. A table whose rows may pass a kilobyte has a rowid.

create table meta (key text not null primary key, value text not null) without rowid;

create table person (
    id text not null primary key, name text not null, home text not null, created_at bigint not null
) without rowid;

-- Which streams a person may see.
create table member (person text not null, stream text not null, primary key (person, stream)) without rowid;

create table stream_head (
    stream text not null primary key, n bigint not null, at bigint not null, hash text not null,
    open_tasks bigint not null, lists bigint not null
) without rowid;

-- Append-only; purging sets payload and salt to null and leaves the rest.
create table log (
    stream text not null, n bigint not null, kind text not null, subject text not null, about text not null,
    version bigint not null, payload text, actor text not null, client text not null, client_kind text not null,
    run text not null, correlation text not null, causation text, at bigint not null, salt text, digest text not null,
    hash text not null, unique (stream, n)
);
create index log_about on log (about, n);
create index log_run on log (run);
create index log_undone on log (stream, n) where kind = 'run.undone';
create index log_purged on log (about) where kind = 'task.purged';

create table task (
    no integer primary key, id text not null unique, stream text not null, version bigint not null,
    updated_at bigint not null, title text not null, notes text not null, status text not null,
    due_key bigint not null, due_end bigint not null, start_key bigint not null, start_end bigint not null, deadline text, priority bigint not null, list_id text,
    section_id text, parent_id text, assignee text, estimate bigint, source_system text, source_id text, series_id text,
    links boolean not null, recurs boolean not null, floats boolean not null, blocked_by text, position text not null,
    created_at bigint not null, closed_at bigint, deleted_at bigint, doc text not null, reminders text not null
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
    stream text not null, tag text not null, task text not null, name text not null, primary key (stream, tag, task)
) without rowid;
create index task_tag_task on task_tag (task);

create virtual table task_text using fts5 (
    title, notes, tags, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2"
);

-- Lists, sections, tags, views, comments, series and settings.
create table record (
    id text not null primary key, stream text not null, kind text not null, version bigint not null,
    updated_at bigint not null, parent text, sort text not null, deleted boolean not null, doc text not null
);
create index record_kind on record (stream, kind, sort, id);
create index record_parent on record (parent, sort, id) where parent is not null;

create table reminder (
    task text not null, reminder text not null, generation bigint not null, person text not null, stream text not null,
    moment bigint not null, state text not null, primary key (task, reminder, generation)
) without rowid;
create index reminder_due on reminder (moment) where state = 'open';
create index reminder_person on reminder (person, moment) where state = 'open';

-- Each reminder on each channel is claimed once for ever.
create table ledger (
    task text not null, reminder text not null, generation bigint not null, channel text not null,
    delivery text not null, primary key (task, reminder, generation, channel)
) without rowid;

create table delivery (
    id text not null primary key, person text not null, stream text not null, state text not null,
    next_at bigint not null, created_at bigint not null, doc text not null
);
create index delivery_due on delivery (next_at) where state = 'open';
create index delivery_person on delivery (person, created_at, id);

-- What is to be published: a line of the log, or a wake by its own id.
create table outbox (
    id integer primary key autoincrement, stream text not null, n bigint, kind text not null, wake text,
    subject text not null, at bigint not null
);
create unique index outbox_wake on outbox (wake) where wake is not null;

-- What one subscriber did not take; without next_at a dead letter.
create table retry (
    id integer primary key autoincrement, stream text not null, n bigint, kind text not null, wake text,
    subject text not null, at bigint not null, subscriber text not null, attempt bigint not null, next_at bigint,
    why text not null
);
create index retry_due on retry (next_at) where next_at is not null;

-- Expired from the oldest row on.
create table idempotency (
    person text not null, route text not null, key text not null, body text not null, status bigint not null,
    version bigint, answer text not null, at bigint not null, unique (person, route, key)
);

create table consumed (source text not null, id text not null, at bigint not null, primary key (source, id)) without rowid;

create table lease (
    name text not null primary key, holder text not null, epoch bigint not null, until bigint not null
) without rowid;

create table credential (
    id text not null primary key, person text not null, hash text not null unique, kind text not null,
    name text not null, scopes text not null, created_at bigint not null, expires_at bigint
) without rowid;
create index credential_person on credential (person, kind, created_at);

-- Small documents of a person's that are not history: conversations, confirmations.
create table note (
    person text not null, key text not null, json text not null, at bigint not null, expires_at bigint not null,
    primary key (person, key)
);
create index note_expiry on note (expires_at);
