-- Responses that callers can come back to, with what was asked: the only table that holds prompts.
create table response (
    owner       text collate "C" not null,
    id          text collate "C" not null,
    time        timestamptz      not null,
    previous    text collate "C",
    input       text             not null,
    response    text             not null,
    hides_seals boolean          not null,
    items       text[]           not null,
    primary key (owner, id)
);

create index response_oldest on response (time);
create index response_items on response using gin (items);
