-- The witness's copy of the log, without content; what it signed; what it found wrong. Rows are only added.
-- (`insert or replace` runs no delete trigger, so that an insert of what is there is refused as well.)

create table line (
    stream text not null, n bigint not null, kind text not null, subject text not null, version bigint not null,
    actor text not null, client text not null, client_kind text not null, run text not null, correlation text not null,
    causation text, at bigint not null, digest text not null, hash text not null, primary key (stream, n)
) without rowid;
create index line_kind on line (stream, kind, n);
create trigger line_in_order before insert on line
    when new.n <> coalesce((select max(n) from line where stream = new.stream), 0) + 1
    begin select raise(abort, 'the witness adds line after line'); end;
create trigger line_same before update on line begin select raise(abort, 'the witness only adds'); end;
create trigger line_stays before delete on line begin select raise(abort, 'the witness only adds'); end;

create table signed (
    stream text not null, n bigint not null, hash text not null, at bigint not null, key text not null,
    signature text not null, primary key (stream, n)
) without rowid;
create trigger signed_once before insert on signed
    when exists (select 1 from signed where stream = new.stream and n = new.n)
    begin select raise(abort, 'the witness only adds'); end;
create trigger signed_same before update on signed begin select raise(abort, 'the witness only adds'); end;
create trigger signed_stays before delete on signed begin select raise(abort, 'the witness only adds'); end;

create table alarm (
    stream text not null, n bigint not null, why text not null, at bigint not null, primary key (stream, n)
) without rowid;
create trigger alarm_once before insert on alarm
    when exists (select 1 from alarm where stream = new.stream and n = new.n)
    begin select raise(abort, 'the witness only adds'); end;
create trigger alarm_same before update on alarm begin select raise(abort, 'the witness only adds'); end;
create trigger alarm_stays before delete on alarm begin select raise(abort, 'the witness only adds'); end;
