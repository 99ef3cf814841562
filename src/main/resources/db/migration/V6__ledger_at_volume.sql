-- The ledger at volume: rows by day, and their sums by hour and by day.
-- Whatever writes here takes its locks in this order: ledger_kept, the lock for new partitions, request, usage_sum.

-- Since when rows are kept; rows before have been dropped, and do not come back when a journal is read again.
create table ledger_kept (
    since timestamptz not null
);

insert into ledger_kept values ('-infinity');

alter table request rename to request_before;
alter table request_before rename constraint request_pkey to request_before_pkey;
alter index request_newest rename to request_before_newest;

-- One row for each request that was answered. The time of an id never changes, so that both together know a row again.
create table request (
    id                 text collate "C" not null,
    time               timestamptz      not null,
    model              text,
    provider           text,
    deployment         text,
    key_id             text,
    key_name           text,
    team               text,
    user_name          text,
    tags               jsonb            not null,
    strategy           text             not null,
    stream             boolean          not null,
    cache              text             not null,
    status             integer          not null,
    error              text,
    estimated          boolean          not null,
    input_tokens       bigint           not null,
    output_tokens      bigint           not null,
    cached_tokens      bigint           not null,
    cache_write_tokens bigint           not null,
    reasoning_tokens   bigint           not null,
    cost_usd           numeric,
    latency_ms         double precision,
    first_token_ms     double precision,
    price_input        numeric,
    price_output       numeric,
    price_cached_input numeric,
    price_cache_write  numeric,
    attempts           jsonb            not null,
    candidates         jsonb,
    excluded           jsonb,
    primary key (time, id)
) partition by range (time);

create index request_id on request (id);
create index request_model on request (model, time, id);
create index request_provider on request (provider, time, id);
create index request_key on request (key_id, time, id);
create index request_status on request (status, time, id);

-- The partition of a day in UTC, made when it is not there. Attached, and not made in place: readers and writers go on.
create function request_partition(day date) returns void language plpgsql as $$
declare
    name text := 'request_' || to_char(day, 'YYYYMMDD');
begin
    if to_regclass(name) is not null then
        return;
    end if;
    perform pg_advisory_xact_lock(5003604736103);
    -- Asked of the catalogue, since what to_regclass has seen before the lock it may say again.
    if not exists (select 1 from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
            where i.inhparent = cast('request' as regclass) and c.relname = name) then
        execute format('create table %I (like request including defaults including constraints including indexes)', name);
        execute format('alter table request attach partition %I for values from (%L) to (%L)', name,
            to_char(day, 'YYYY-MM-DD') || ' 00:00:00+00', to_char(day + 1, 'YYYY-MM-DD') || ' 00:00:00+00');
    end if;
end $$;

-- Sums by hour (grain 0 to 2) and by day (3 to 5) in UTC. Grains 0 and 3 know provider, model and deployment; 1 and 4 key
-- and team as well; 2 and 5 also the user and those tags that are listed. What a grain does not know is null in it.
create table usage_sum (
    grain              smallint    not null,
    time               timestamptz not null,
    digest             uuid        not null, -- of the columns up to tags
    model              text,
    provider           text,
    deployment         text,
    key_id             text,
    team               text,
    user_name          text,
    tags               jsonb,
    requests           bigint      not null,
    errors             bigint      not null,
    input_tokens       bigint      not null,
    output_tokens      bigint      not null,
    cached_tokens      bigint      not null,
    cache_write_tokens bigint      not null,
    reasoning_tokens   bigint      not null,
    priced             bigint      not null, -- how many of them have a price
    cost_usd           numeric     not null, -- of those
    timed              bigint      not null, -- how many of them have a latency
    latency_us         bigint      not null,
    least_us           bigint,
    most_us            bigint,
    latency            bigint[]    not null, -- bucket << 40 | count, by bucket
    first_tokens       bigint      not null, -- how many of them have a first token
    first_token_us     bigint      not null,
    primary key (grain, time, digest)
) partition by list (grain);

create table usage_sum_0 partition of usage_sum for values in (0) with (fillfactor = 80);
create table usage_sum_1 partition of usage_sum for values in (1) with (fillfactor = 80);
create table usage_sum_2 partition of usage_sum for values in (2) with (fillfactor = 80);
create table usage_sum_3 partition of usage_sum for values in (3) with (fillfactor = 80);
create table usage_sum_4 partition of usage_sum for values in (4) with (fillfactor = 80);
create table usage_sum_5 partition of usage_sum for values in (5) with (fillfactor = 80);

-- The tags that sums know, and from which hour on; null: they always did.
create table usage_tag (
    name  text collate "C" primary key,
    since timestamptz
);

-- What sums need of a row.
create type usage_fact as (
    time               timestamptz,
    model              text,
    provider           text,
    deployment         text,
    key_id             text,
    team               text,
    user_name          text,
    tags               jsonb,
    status             integer,
    input_tokens       bigint,
    output_tokens      bigint,
    cached_tokens      bigint,
    cache_write_tokens bigint,
    reasoning_tokens   bigint,
    cost_usd           numeric,
    latency_ms         double precision,
    first_token_ms     double precision
);

-- The bucket of a latency: bucket b holds what is above 1.04^(b - 181) ms and at most 1.04^(b - 180) ms.
create function usage_bucket(ms double precision) returns integer language sql immutable parallel safe as $$
    select cast(ceil(ln(greatest(ms, 0.001)) / ln(cast(1.04 as double precision))) as integer) + 180
$$;

create function usage_merge(one bigint[], other bigint[]) returns bigint[] language sql immutable parallel safe as $$
    select coalesce(array_agg(bucket << 40 | n order by bucket), cast(array[] as bigint[]))
    from (select each >> 40 as bucket, cast(sum(each & 1099511627775) as bigint) as n
        from unnest(one || other) as each group by 1) as merged
$$;

-- Adds rows to the sums, in the order of their keys, so that replicas wait for each other and not in a circle.
create function usage_add(facts usage_fact[]) returns void language plpgsql as $$
declare
    listed text[] := (select array_agg(name) from usage_tag);
begin
    with fact as (
        select g.grain, date_trunc(g.span, f.time, 'UTC') as time, f.model, f.provider, f.deployment,
            case when g.level > 0 then f.key_id end as key_id,
            case when g.level > 0 then f.team end as team,
            case when g.level > 1 then f.user_name end as user_name,
            case when g.level > 1 and listed is not null then
                (select jsonb_object_agg(t.key, t.value) from jsonb_each(f.tags) as t where t.key = any (listed)) end as tags,
            usage_bucket(f.latency_ms) as bucket, cast(round(f.latency_ms * 1000) as bigint) as latency_us,
            cast(round(f.first_token_ms * 1000) as bigint) as first_token_us, f.status, f.input_tokens, f.output_tokens,
            f.cached_tokens, f.cache_write_tokens, f.reasoning_tokens, f.cost_usd
        from unnest(facts) as f
        cross join (values (0, 'hour', 0), (1, 'hour', 1), (2, 'hour', 2), (3, 'day', 0), (4, 'day', 1), (5, 'day', 2))
            as g (grain, span, level)
    ), part as (
        select grain, time, model, provider, deployment, key_id, team, user_name, tags, bucket,
            count(*) as requests, count(*) filter (where status >= 400) as errors, sum(input_tokens) as input_tokens,
            sum(output_tokens) as output_tokens, sum(cached_tokens) as cached_tokens,
            sum(cache_write_tokens) as cache_write_tokens, sum(reasoning_tokens) as reasoning_tokens,
            count(cost_usd) as priced, coalesce(sum(cost_usd), 0) as cost_usd, count(latency_us) as timed,
            coalesce(sum(latency_us), 0) as latency_us, min(latency_us) as least_us, max(latency_us) as most_us,
            count(first_token_us) as first_tokens, coalesce(sum(first_token_us), 0) as first_token_us
        from fact
        group by grain, time, model, provider, deployment, key_id, team, user_name, tags, bucket
    ), total as (
        select grain, time, cast(left(encode(sha256(convert_to(cast(jsonb_build_array(model, provider, deployment, key_id,
                team, user_name, tags) as text), 'UTF8')), 'hex'), 32) as uuid) as digest,
            model, provider, deployment, key_id, team, user_name, tags,
            sum(requests) as requests, sum(errors) as errors, sum(input_tokens) as input_tokens,
            sum(output_tokens) as output_tokens, sum(cached_tokens) as cached_tokens,
            sum(cache_write_tokens) as cache_write_tokens, sum(reasoning_tokens) as reasoning_tokens,
            sum(priced) as priced, sum(cost_usd) as cost_usd, sum(timed) as timed, sum(latency_us) as latency_us,
            min(least_us) as least_us, max(most_us) as most_us,
            coalesce(array_agg(cast(bucket as bigint) << 40 | timed order by bucket) filter (where bucket is not null),
                cast(array[] as bigint[])) as latency,
            sum(first_tokens) as first_tokens, sum(first_token_us) as first_token_us
        from part
        group by grain, time, model, provider, deployment, key_id, team, user_name, tags
    )
    insert into usage_sum as u (grain, time, digest, model, provider, deployment, key_id, team, user_name, tags, requests,
        errors, input_tokens, output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, priced, cost_usd, timed,
        latency_us, least_us, most_us, latency, first_tokens, first_token_us)
    select grain, time, digest, model, provider, deployment, key_id, team, user_name, tags, requests,
        errors, input_tokens, output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, priced, cost_usd, timed,
        latency_us, least_us, most_us, latency, first_tokens, first_token_us
    from total order by grain, time, digest
    on conflict (grain, time, digest) do update set
        requests = u.requests + excluded.requests,
        errors = u.errors + excluded.errors,
        input_tokens = u.input_tokens + excluded.input_tokens,
        output_tokens = u.output_tokens + excluded.output_tokens,
        cached_tokens = u.cached_tokens + excluded.cached_tokens,
        cache_write_tokens = u.cache_write_tokens + excluded.cache_write_tokens,
        reasoning_tokens = u.reasoning_tokens + excluded.reasoning_tokens,
        priced = u.priced + excluded.priced,
        cost_usd = u.cost_usd + excluded.cost_usd,
        timed = u.timed + excluded.timed,
        latency_us = u.latency_us + excluded.latency_us,
        least_us = least(u.least_us, excluded.least_us),
        most_us = greatest(u.most_us, excluded.most_us),
        latency = usage_merge(u.latency, excluded.latency),
        first_tokens = u.first_tokens + excluded.first_tokens,
        first_token_us = u.first_token_us + excluded.first_token_us;
end $$;

-- Brings a JSON array of rows: those that are new become rows and part of the sums, or neither. Says how many were new, and
-- how many are older than what is kept.
create function request_insert(rows jsonb, out inserted integer, out late integer) language plpgsql as $$
declare
    kept  timestamptz;
    day   date;
    fresh usage_fact[];
begin
    select k.since into strict kept from ledger_kept as k for share;
    for day in
        select distinct cast(r.time at time zone 'UTC' as date)
        from jsonb_to_recordset(rows) as r (time timestamptz) where r.time >= kept order by 1
    loop
        perform request_partition(day);
    end loop;
    with new as (
        insert into request (id, time, model, provider, deployment, key_id, key_name, team, user_name, tags, strategy,
            stream, cache, status, error, estimated, input_tokens, output_tokens, cached_tokens, cache_write_tokens,
            reasoning_tokens, cost_usd, latency_ms, first_token_ms, price_input, price_output, price_cached_input,
            price_cache_write, attempts, candidates, excluded)
        select r.id, r.time, r.model, r.provider, r.deployment, r.key_id, r.key_name, r.team, r."user", r.tags,
            r.strategy, r.stream, r.cache, r.status, r.error, r.estimated, r.input_tokens, r.output_tokens,
            r.cached_tokens, r.cache_write_tokens, r.reasoning_tokens, r.cost_usd, r.latency_ms, r.first_token_ms,
            cast(r.price ->> 'input' as numeric), cast(r.price ->> 'output' as numeric),
            cast(r.price ->> 'cached_input' as numeric), cast(r.price ->> 'cache_write' as numeric), r.attempts,
            r.candidates, r.excluded
        from jsonb_to_recordset(rows) as r(id text, time timestamptz, model text, provider text, deployment text,
            key_id text, key_name text, team text, "user" text, tags jsonb, strategy text, stream boolean, cache text,
            status integer, error text, estimated boolean, input_tokens bigint, output_tokens bigint,
            cached_tokens bigint, cache_write_tokens bigint, reasoning_tokens bigint, cost_usd numeric,
            latency_ms double precision, first_token_ms double precision, price jsonb, attempts jsonb,
            candidates jsonb, excluded jsonb)
        where r.time is null or r.time >= kept -- no time at all is refused by the table
        order by r.time, r.id
        on conflict (time, id) do nothing
        returning time, model, provider, deployment, key_id, team, user_name, tags, status, input_tokens, output_tokens,
            cached_tokens, cache_write_tokens, reasoning_tokens, cost_usd, latency_ms, first_token_ms
    )
    select array_agg(cast(row (n.*) as usage_fact)) into fresh from new as n;
    inserted := coalesce(cardinality(fresh), 0);
    if inserted > 0 then
        perform usage_add(fresh);
    end if;
    select count(*) into late from jsonb_to_recordset(rows) as r (time timestamptz) where r.time < kept;
end $$;

-- Adds rows that were put into the table by other means to the sums, hour by hour.
create function usage_roll(since timestamptz, until timestamptz) returns void language plpgsql as $$
declare
    hour  timestamptz := date_trunc('hour', since, 'UTC');
    facts usage_fact[];
begin
    while hour < until loop
        select array_agg(cast(row (r.time, r.model, r.provider, r.deployment, r.key_id, r.team, r.user_name, r.tags,
            r.status, r.input_tokens, r.output_tokens, r.cached_tokens, r.cache_write_tokens, r.reasoning_tokens,
            r.cost_usd, r.latency_ms, r.first_token_ms) as usage_fact)) into facts
        from request as r
        where r.time >= greatest(hour, since) and r.time < least(hour + interval '1 hour', until);
        if facts is not null then
            perform usage_add(facts);
        end if;
        hour := hour + interval '1 hour';
    end loop;
end $$;

-- Makes the partitions of today and the next two days, and drops those that end before a time; says how many. One replica
-- at a time; who finds another at it leaves it to that one.
create function request_upkeep(keep_from timestamptz, today date) returns integer language plpgsql as $$
declare
    dropped integer := 0;
    part    record;
begin
    if not pg_try_advisory_xact_lock(5003604736104) then
        return 0;
    end if;
    perform set_config('lock_timeout', '3s', true);
    perform 1 from ledger_kept for update;
    for ahead in 0..2 loop
        if cast(today + ahead + 1 as timestamp) at time zone 'UTC' > keep_from then
            perform request_partition(today + ahead);
        end if;
    end loop;
    for part in
        select c.relname as name, (to_date(right(c.relname, -8), 'YYYYMMDD') + 1) as next
        from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
        where i.inhparent = cast('request' as regclass) order by 2
    loop
        exit when cast(part.next as timestamp) at time zone 'UTC' > keep_from;
        execute format('drop table %I', part.name);
        update ledger_kept set since = greatest(since, cast(part.next as timestamp) at time zone 'UTC');
        dropped := dropped + 1;
    end loop;
    return dropped;
end $$;

-- Lets sums know tags from now on. When there are rows already, from an hour on that nobody has written rows of, or does yet.
create function usage_list(names text[], at timestamptz) returns void language plpgsql as $$
begin
    if not exists (select 1 from unnest(names) as n where n not in (select name from usage_tag)) then
        return;
    end if;
    perform 1 from ledger_kept for update;
    insert into usage_tag (name, since)
    select distinct n, case when exists (select 1 from usage_sum where grain = 3) then
        date_trunc('hour', greatest(at, (select max(time) from usage_sum where grain = 0)), 'UTC') + interval '2 hours' end
    from unnest(names) as n
    on conflict (name) do nothing;
end $$;

-- The rows of before.
do $$
declare
    day date;
begin
    for day in select distinct cast(time at time zone 'UTC' as date) from request_before order by 1 loop
        perform request_partition(day);
        insert into request (id, time, model, provider, deployment, key_id, key_name, team, user_name, tags, strategy,
            stream, cache, status, error, estimated, input_tokens, output_tokens, cached_tokens, cache_write_tokens,
            reasoning_tokens, cost_usd, latency_ms, first_token_ms, price_input, price_output, price_cached_input,
            price_cache_write, attempts, candidates, excluded)
        select id, time, model, provider, deployment, key_id, key_name, team, user_name, tags, strategy,
            stream, cache, status, error, estimated, input_tokens, output_tokens, cached_tokens, cache_write_tokens,
            reasoning_tokens, cost_usd, latency_ms, first_token_ms, price_input, price_output, price_cached_input,
            price_cache_write, attempts, candidates, excluded
        from request_before
        where time >= cast(day as timestamp) at time zone 'UTC' and time < cast(day + 1 as timestamp) at time zone 'UTC';
        perform usage_roll(cast(day as timestamp) at time zone 'UTC', cast(day + 1 as timestamp) at time zone 'UTC');
    end loop;
end $$;

drop table request_before;
