-- Since when the witness watches: at that moment the stream had that many lines, which it did not see happen: it began with them, or they
-- came with an import. Copies from before this step began with their house.

create table begun (
    stream text not null, n bigint not null, at bigint not null, primary key (stream, n)
) without rowid;
insert into begun (stream, n, at) select stream, 0, min(at) from line group by stream;
create trigger begun_once before insert on begun
    when exists (select 1 from begun where stream = new.stream and n = new.n)
    begin select raise(abort, 'the witness only adds'); end;
create trigger begun_same before update on begun begin select raise(abort, 'the witness only adds'); end;
create trigger begun_stays before delete on begun begin select raise(abort, 'the witness only adds'); end;
