-- `book` as before, but for what it costs. A batch was planned against the partitions of all months, so that every month kept
-- made every sync dearer; now against those of its own months. What was there before was looked for among all that the
-- member had booked in the month, where the planner took that for little; now by its id. And a word without lines plans
-- nothing at all. Measured in docs/design/teams.md. And lines of a month whose partition was taken out are not taken in:
-- nothing tells any more which of them the sums hold already.

-- Has the month a partition of its own? Asked of the tables of the catalog: a name that was looked up before (`to_regclass`)
-- may be remembered as it was then, however long another has been waited for.
CREATE FUNCTION cost_hook.has_partition(first date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'cost_hook.calls'::regclass AND c.relname = 'calls_' || to_char(first, 'YYYY_MM')
    )
$$;

-- Was the month's partition taken out? Then the sums know of calls, and there is no partition of the month and no row
-- elsewhere.
CREATE FUNCTION cost_hook.was_taken_out(first date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF cost_hook.has_partition(first) THEN
        RETURN false;
    END IF;
    RETURN EXISTS (
            SELECT FROM cost_hook.totals t WHERE t.day >= first AND t.day < first + interval '1 month' AND t.calls > 0
        ) AND NOT EXISTS (SELECT FROM cost_hook.calls_other o WHERE o.month = first);
END
$$;

REVOKE EXECUTE ON FUNCTION cost_hook.has_partition(date), cost_hook.was_taken_out(date) FROM PUBLIC;

-- As before, but for how: made first and attached then, a partition does not wait for those who read other months, such as an
-- export, and nobody waits behind it.
CREATE OR REPLACE FUNCTION cost_hook.make_month(wanted date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first date := date_trunc('month', wanted)::date;
    name text := 'calls_' || to_char(first, 'YYYY_MM');
BEGIN
    IF EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'cost_hook'::regnamespace AND c.relname = name) THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(7308895167);
    IF EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'cost_hook'::regnamespace AND c.relname = name)
        OR EXISTS (SELECT FROM cost_hook.calls_other o WHERE o.month = first)
    THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE cost_hook.%I (LIKE cost_hook.calls INCLUDING ALL)', name);
    EXECUTE format(
        'ALTER TABLE cost_hook.calls ATTACH PARTITION cost_hook.%I FOR VALUES FROM (%L) TO (%L)',
        name, first, (first + interval '1 month')::date
    );
END
$$;

-- Takes lines in, each once by its id, and adds what changed to the sums: one statement, so that they agree. Returns how
-- many lines were new or had grown. Amounts are checked by the tables. What is wrong in one line refuses all of them.
CREATE OR REPLACE FUNCTION cost_hook.book(lines jsonb, raised jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me bigint;
    wanted date;
    earliest date;
    latest date;
    taken date[] := '{}';
    closed date[] := '{}';
    booked bigint := 0;
BEGIN
    -- The machines of one member come one after the other: differences are taken from what the other one left.
    UPDATE cost_hook.members m SET last_sync = now()
        WHERE m.login = session_user AND m.removed IS NULL
        RETURNING m.member INTO me;
    IF me IS NULL THEN
        RAISE EXCEPTION 'this login is no member of the team' USING ERRCODE = 'insufficient_privilege';
    END IF;

    IF jsonb_array_length(lines) > 0 THEN
        FOR wanted IN
            SELECT DISTINCT date_trunc('month', l.time AT TIME ZONE 'UTC')::date
            FROM jsonb_to_recordset(lines) AS l (time timestamptz)
        LOOP
            IF NOT cost_hook.has_partition(wanted) THEN
                -- Whoever makes a partition has `calls_other` to itself: nobody may have read it who waits for the lock.
                PERFORM pg_advisory_xact_lock(7308895167);
                IF cost_hook.was_taken_out(wanted) THEN
                    closed := closed || wanted;
                    CONTINUE;
                END IF;
                IF wanted BETWEEN date_trunc('year', now() - interval '2 years')::date
                    AND (now() + interval '31 days')::date
                THEN
                    PERFORM cost_hook.make_month(wanted);
                END IF;
            END IF;
            taken := taken || wanted;
            earliest := LEAST(earliest, wanted);
            latest := GREATEST(latest, wanted);
        END LOOP;
        -- From here on nobody takes a partition out until this is done. If somebody just did, the next try knows.
        LOCK TABLE ONLY cost_hook.calls IN ROW EXCLUSIVE MODE;
        FOREACH wanted IN ARRAY taken LOOP
            IF cost_hook.was_taken_out(wanted) THEN
                RAISE EXCEPTION 'a month was taken out of the database just now' USING ERRCODE = 'serialization_failure';
            END IF;
        END LOOP;

        WITH sent AS MATERIALIZED (
            -- The same id twice in one batch: the newest.
            SELECT DISTINCT ON (date_trunc('month', l.time AT TIME ZONE 'UTC')::date, l.id)
                date_trunc('month', l.time AT TIME ZONE 'UTC')::date AS month, l.*
            FROM jsonb_to_recordset(lines) AS l (
                id text, kind text, rev integer, time timestamptz, project text, model text, provider text, region text,
                input bigint, output bigint, cache_write_5m bigint, cache_write_1h bigint, cache_read bigint,
                web_searches bigint, cost numeric, estimated boolean
            )
            WHERE date_trunc('month', l.time AT TIME ZONE 'UTC')::date <> ALL (closed)
            ORDER BY 1, l.id, l.rev DESC, l.cost DESC
        ), was AS MATERIALIZED (
            -- Found once: planned into the join below it would be looked for again for each line. And by its id: OFFSET keeps
            -- the planner from reading all that the member has in the month instead.
            SELECT c.* FROM sent s CROSS JOIN LATERAL (
                SELECT k.* FROM cost_hook.calls k
                WHERE k.month = s.month AND k.month BETWEEN earliest AND latest AND k.id = s.id
                OFFSET 0
            ) c
            WHERE c.member = me
        ), now_is AS (
            INSERT INTO cost_hook.calls AS c (
                month, id, member, kind, rev, time, project, model, provider, region, input, output, cache_write_5m,
                cache_write_1h, cache_read, web_searches, cost, estimated
            )
            SELECT s.month, s.id, me, s.kind, s.rev, s.time, s.project, s.model, s.provider, s.region, s.input, s.output,
                s.cache_write_5m, s.cache_write_1h, s.cache_read, s.web_searches, s.cost, s.estimated
            FROM sent s
            ORDER BY s.month, s.id
            ON CONFLICT (month, id) DO UPDATE SET
                rev = GREATEST(c.rev, excluded.rev),
                model = excluded.model,
                input = GREATEST(c.input, excluded.input),
                output = GREATEST(c.output, excluded.output),
                cache_write_5m = GREATEST(c.cache_write_5m, excluded.cache_write_5m),
                cache_write_1h = GREATEST(c.cache_write_1h, excluded.cache_write_1h),
                cache_read = GREATEST(c.cache_read, excluded.cache_read),
                web_searches = GREATEST(c.web_searches, excluded.web_searches),
                cost = CASE c.kind WHEN 'call' THEN GREATEST(c.cost, excluded.cost) ELSE excluded.cost END,
                estimated = excluded.estimated
            WHERE c.member = excluded.member AND c.kind = excluded.kind AND CASE c.kind
                WHEN 'call' THEN excluded.cost > c.cost OR excluded.input > c.input OR excluded.output > c.output
                    OR excluded.cache_write_5m > c.cache_write_5m OR excluded.cache_write_1h > c.cache_write_1h
                    OR excluded.cache_read > c.cache_read OR excluded.web_searches > c.web_searches
                ELSE (excluded.rev, excluded.cost) > (c.rev, c.cost)
            END
            RETURNING c.*
        ), changes AS (
            SELECT (n.time AT TIME ZONE 'UTC')::date AS day, n.project, n.model, 1 AS calls, n.cost,
                n.input + n.output + n.cache_write_5m + n.cache_write_1h + n.cache_read AS tokens,
                CASE WHEN n.estimated THEN n.cost ELSE 0 END AS estimated
            FROM now_is n
            UNION ALL
            SELECT (w.time AT TIME ZONE 'UTC')::date, w.project, w.model, -1, -w.cost,
                -(w.input + w.output + w.cache_write_5m + w.cache_write_1h + w.cache_read),
                CASE WHEN w.estimated THEN -w.cost ELSE 0 END
            FROM was w JOIN now_is n ON n.month = w.month AND n.id = w.id
        ), of_daily AS (
            INSERT INTO cost_hook.daily AS d (day, member, project, model, calls, tokens, cost, estimated)
            SELECT h.day, me, h.project, h.model, sum(h.calls), sum(h.tokens), sum(h.cost), sum(h.estimated)
            FROM changes h GROUP BY h.day, h.project, h.model
            ON CONFLICT (day, member, project, model) DO UPDATE SET
                calls = d.calls + excluded.calls, tokens = d.tokens + excluded.tokens, cost = d.cost + excluded.cost,
                estimated = d.estimated + excluded.estimated
        ), of_totals AS (
            INSERT INTO cost_hook.totals AS t (day, member, calls, cost, estimated)
            SELECT h.day, me, sum(h.calls), sum(h.cost), sum(h.estimated) FROM changes h GROUP BY h.day
            ON CONFLICT (day, member) DO UPDATE SET
                calls = t.calls + excluded.calls, cost = t.cost + excluded.cost, estimated = t.estimated + excluded.estimated
        )
        SELECT count(*) INTO booked FROM now_is;
    END IF;

    IF jsonb_array_length(raised) > 0 THEN
        INSERT INTO cost_hook.overrides (member, id, time, limit_id, amount, until, reason)
        SELECT me, r.id, r.time, r.limit_id, r.amount, r.until, r.reason
        FROM jsonb_to_recordset(raised) AS r (
            id text, time timestamptz, limit_id text, amount numeric, until timestamptz, reason text
        )
        ON CONFLICT (member, id) DO NOTHING;
    END IF;
    RETURN booked;
END
$$;
