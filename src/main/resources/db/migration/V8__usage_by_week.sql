-- Sums by week as well, and sums that know tags alone; latencies that add up like any other column.

-- A latency as a number that can be added: twelve digits for each bucket, with the count of that bucket in them. Those of
-- bucket 350, which ends at 786 ms, stand before the point, so that the number is not longer than its buckets ask for.
create function usage_packed(ms double precision) returns numeric language sql immutable parallel safe as $$
    select case when ms is not null then cast('1e' || 12 * (usage_bucket(ms) - 350) as numeric) end
$$;

create function usage_pack(latency bigint[]) returns numeric language sql immutable parallel safe as $$
    select coalesce(sum((each & 1099511627775) * cast('1e' || 12 * ((each >> 40) - 350) as numeric)), 0) from unnest(latency) as each
$$;

alter table usage_sum alter column latency type numeric using usage_pack(latency);
drop function usage_pack;

-- Grains 0 to 2 are hours, 3 to 5 days and 6 to 8 weeks, which begin on Monday, all in UTC. The first of three knows provider,
-- model and deployment, the second key and team as well, the third also the user and those tags that are listed. Grains 9 to 11
-- are hours, days and weeks again and know nothing but these tags; they are empty as long as none is listed.
create table usage_sum_6 partition of usage_sum for values in (6) with (fillfactor = 80);
create table usage_sum_7 partition of usage_sum for values in (7) with (fillfactor = 80);
create table usage_sum_8 partition of usage_sum for values in (8) with (fillfactor = 80);
create table usage_sum_9 partition of usage_sum for values in (9) with (fillfactor = 80);
create table usage_sum_10 partition of usage_sum for values in (10) with (fillfactor = 80);
create table usage_sum_11 partition of usage_sum for values in (11) with (fillfactor = 80);

create function usage_digest(model text, provider text, deployment text, key_id text, team text, user_name text, tags jsonb)
returns uuid language sql immutable parallel safe as $$
    select cast(left(encode(sha256(convert_to(cast(jsonb_build_array(model, provider, deployment, key_id, team, user_name, tags)
        as text), 'UTF8')), 'hex'), 32) as uuid)
$$;

insert into usage_sum
select grain + 3, date_trunc('week', time, 'UTC'), digest, model, provider, deployment, key_id, team, user_name, tags,
    sum(requests), sum(errors), sum(input_tokens), sum(output_tokens), sum(cached_tokens), sum(cache_write_tokens),
    sum(reasoning_tokens), sum(priced), sum(cost_usd), sum(timed), sum(latency_us), min(least_us), max(most_us), sum(latency),
    sum(first_tokens), sum(first_token_us)
from usage_sum
where grain in (3, 4, 5)
group by grain, date_trunc('week', time, 'UTC'), digest, model, provider, deployment, key_id, team, user_name, tags;

insert into usage_sum
select 9 + (grain - 2) / 3, time, usage_digest(null, null, null, null, null, null, tags), null, null, null, null, null, null, tags,
    sum(requests), sum(errors), sum(input_tokens), sum(output_tokens), sum(cached_tokens), sum(cache_write_tokens),
    sum(reasoning_tokens), sum(priced), sum(cost_usd), sum(timed), sum(latency_us), min(least_us), max(most_us), sum(latency),
    sum(first_tokens), sum(first_token_us)
from usage_sum
where grain in (2, 5, 8) and exists (select 1 from usage_tag)
group by grain, time, tags;

-- Adds rows to the sums, in the order of their keys, so that replicas wait for each other and not in a circle. A sum of
-- latencies is some kilobytes while it is being made.
create or replace function usage_add(facts usage_fact[]) returns void language plpgsql set work_mem = '64MB' as $$
declare
    listed text[] := (select array_agg(name) from usage_tag);
begin
    with fact as (
        select date_trunc('hour', f.time, 'UTC') as time, f.model, f.provider, f.deployment, f.key_id, f.team, f.user_name,
            case when listed is not null then
                (select jsonb_object_agg(t.key, t.value) from jsonb_each(f.tags) as t where t.key = any (listed)) end as tags,
            f.status, f.input_tokens, f.output_tokens, f.cached_tokens, f.cache_write_tokens, f.reasoning_tokens, f.cost_usd,
            cast(round(f.latency_ms * 1000) as bigint) as latency_us, usage_packed(f.latency_ms) as latency,
            cast(round(f.first_token_ms * 1000) as bigint) as first_token_us
        from unnest(facts) as f
    ), part as materialized (
        select time, model, provider, deployment, key_id, team, user_name, tags,
            count(*) as requests, count(*) filter (where status >= 400) as errors,
            cast(sum(input_tokens) as bigint) as input_tokens, cast(sum(output_tokens) as bigint) as output_tokens,
            cast(sum(cached_tokens) as bigint) as cached_tokens, cast(sum(cache_write_tokens) as bigint) as cache_write_tokens,
            cast(sum(reasoning_tokens) as bigint) as reasoning_tokens, count(cost_usd) as priced,
            coalesce(sum(cost_usd), 0) as cost_usd, count(latency_us) as timed,
            cast(coalesce(sum(latency_us), 0) as bigint) as latency_us, min(latency_us) as least_us, max(latency_us) as most_us,
            coalesce(sum(latency), 0) as latency, count(first_token_us) as first_tokens,
            cast(coalesce(sum(first_token_us), 0) as bigint) as first_token_us
        from fact
        group by time, model, provider, deployment, key_id, team, user_name, tags
    ), known as (
        select g.grain, date_trunc(g.span, p.time, 'UTC') as time,
            case when g.level < 3 then p.model end as model,
            case when g.level < 3 then p.provider end as provider,
            case when g.level < 3 then p.deployment end as deployment,
            case when g.level in (1, 2) then p.key_id end as key_id,
            case when g.level in (1, 2) then p.team end as team,
            case when g.level = 2 then p.user_name end as user_name,
            case when g.level >= 2 then p.tags end as tags,
            p.requests, p.errors, p.input_tokens, p.output_tokens, p.cached_tokens, p.cache_write_tokens, p.reasoning_tokens,
            p.priced, p.cost_usd, p.timed, p.latency_us, p.least_us, p.most_us, p.latency, p.first_tokens, p.first_token_us
        from part as p
        cross join (values (0, 'hour', 0), (1, 'hour', 1), (2, 'hour', 2), (3, 'day', 0), (4, 'day', 1), (5, 'day', 2),
            (6, 'week', 0), (7, 'week', 1), (8, 'week', 2), (9, 'hour', 3), (10, 'day', 3), (11, 'week', 3))
            as g (grain, span, level)
        where g.level < 3 or listed is not null
    ), total as (
        select grain, time, model, provider, deployment, key_id, team, user_name, tags,
            sum(requests) as requests, sum(errors) as errors, sum(input_tokens) as input_tokens,
            sum(output_tokens) as output_tokens, sum(cached_tokens) as cached_tokens,
            sum(cache_write_tokens) as cache_write_tokens, sum(reasoning_tokens) as reasoning_tokens,
            sum(priced) as priced, sum(cost_usd) as cost_usd, sum(timed) as timed, sum(latency_us) as latency_us,
            min(least_us) as least_us, max(most_us) as most_us, sum(latency) as latency,
            sum(first_tokens) as first_tokens, sum(first_token_us) as first_token_us,
            usage_digest(model, provider, deployment, key_id, team, user_name, tags) as digest
        from known
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
        latency = u.latency + excluded.latency,
        first_tokens = u.first_tokens + excluded.first_tokens,
        first_token_us = u.first_token_us + excluded.first_token_us;
end $$;

drop function usage_merge;
