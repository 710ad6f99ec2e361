-- The store: who is in the team, what was spent, and the sums of it. Never changed once released: what comes later is
-- another file. Runs as the database's owner, with CREATEROLE; no superuser. Design: docs/design/teams.md.

-- Groups nobody logs in as. They belong to the whole server: another database's may be there already.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'cost_hook_member') THEN
        BEGIN
            CREATE ROLE cost_hook_member NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'cost_hook_admin') THEN
        BEGIN
            CREATE ROLE cost_hook_admin NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END IF;
END
$$;

REVOKE ALL ON SCHEMA cost_hook FROM PUBLIC;
GRANT USAGE ON SCHEMA cost_hook TO cost_hook_member, cost_hook_admin;

CREATE TABLE cost_hook.members (
    member bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- As in `team.members`; upper and lower case are the same.
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    -- None: removed, but what was spent stays.
    login text UNIQUE,
    is_admin boolean NOT NULL DEFAULT false,
    allocation numeric(38, 12) CHECK (allocation >= 0),
    joined timestamptz NOT NULL DEFAULT now(),
    removed timestamptz,
    last_sync timestamptz
);
CREATE UNIQUE INDEX members_name ON cost_hook.members (lower(name));

CREATE TABLE cost_hook.calls (
    -- First day of the UTC month of `time`.
    month date NOT NULL,
    id text NOT NULL CHECK (length(id) BETWEEN 1 AND 500),
    member bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('call', 'unlisted')),
    rev integer NOT NULL CHECK (rev >= 0),
    time timestamptz NOT NULL CHECK (time >= '1970-01-01 00:00Z' AND time < '10000-01-01 00:00Z'),
    project text NOT NULL CHECK (length(project) <= 1000),
    model text NOT NULL CHECK (length(model) <= 200),
    provider text NOT NULL CHECK (length(provider) <= 100),
    region text NOT NULL CHECK (length(region) <= 100),
    input bigint NOT NULL CHECK (input >= 0),
    output bigint NOT NULL CHECK (output >= 0),
    cache_write_5m bigint NOT NULL CHECK (cache_write_5m >= 0),
    cache_write_1h bigint NOT NULL CHECK (cache_write_1h >= 0),
    cache_read bigint NOT NULL CHECK (cache_read >= 0),
    web_searches bigint NOT NULL CHECK (web_searches >= 0),
    cost numeric(38, 12) NOT NULL CHECK (cost BETWEEN 0 AND 100000),
    estimated boolean NOT NULL,
    received timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (month, id)
) PARTITION BY RANGE (month);
CREATE TABLE cost_hook.calls_other PARTITION OF cost_hook.calls DEFAULT;
CREATE INDEX calls_of_member ON cost_hook.calls (member, time);

CREATE TABLE cost_hook.overrides (
    member bigint NOT NULL REFERENCES cost_hook.members,
    id text NOT NULL CHECK (length(id) BETWEEN 1 AND 500),
    time timestamptz NOT NULL,
    limit_id text NOT NULL CHECK (length(limit_id) <= 1000),
    amount numeric(38, 12),
    until timestamptz,
    reason text NOT NULL CHECK (length(reason) <= 2000),
    received timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (member, id)
);

-- Sums are the differences of `calls`, whose amounts are checked; a difference may be below zero on its way here.
CREATE TABLE cost_hook.daily (
    day date NOT NULL,
    member bigint NOT NULL REFERENCES cost_hook.members,
    project text NOT NULL,
    model text NOT NULL,
    calls bigint NOT NULL,
    tokens bigint NOT NULL,
    cost numeric(38, 12) NOT NULL,
    estimated numeric(38, 12) NOT NULL,
    PRIMARY KEY (day, member, project, model)
);

CREATE TABLE cost_hook.totals (
    day date NOT NULL,
    member bigint NOT NULL REFERENCES cost_hook.members,
    calls bigint NOT NULL,
    cost numeric(38, 12) NOT NULL,
    estimated numeric(38, 12) NOT NULL,
    PRIMARY KEY (day, member)
);

-- Who is asking. `session_user` is who logged in, whatever role was set since; None is nobody's login here.
CREATE FUNCTION cost_hook.me() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT m.member FROM cost_hook.members m WHERE m.login = session_user AND m.removed IS NULL
$$;

-- An administrator of this team, or whoever owns the store. The group alone is not enough: it is the whole server's.
CREATE FUNCTION cost_hook.is_admin() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM cost_hook.members m WHERE m.login = session_user AND m.removed IS NULL AND m.is_admin
    ) OR pg_has_role(
        session_user, (SELECT n.nspowner FROM pg_namespace n WHERE n.nspname = 'cost_hook'), 'USAGE'
    )
$$;

-- A partition for the month, where a table of its own is worth having. One process makes it, the others wait.
CREATE FUNCTION cost_hook.make_month(wanted date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first date := date_trunc('month', wanted)::date;
    name text := 'calls_' || to_char(first, 'YYYY_MM');
BEGIN
    IF to_regclass('cost_hook.' || name) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(7308895167);
    IF to_regclass('cost_hook.' || name) IS NOT NULL
        OR EXISTS (SELECT FROM cost_hook.calls_other o WHERE o.month = first)
    THEN
        RETURN;
    END IF;
    EXECUTE format(
        'CREATE TABLE cost_hook.%I PARTITION OF cost_hook.calls FOR VALUES FROM (%L) TO (%L)',
        name, first, (first + interval '1 month')::date
    );
END
$$;

-- Takes lines in, each once by its id, and adds what changed to the sums: one statement, so that they agree. Returns how
-- many lines were new or had grown. Amounts are checked by the tables. What is wrong in one line refuses all of them.
CREATE FUNCTION cost_hook.book(lines jsonb, raised jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me bigint;
    wanted date;
    booked bigint;
BEGIN
    -- The machines of one member come one after the other: differences are taken from what the other one left.
    UPDATE cost_hook.members m SET last_sync = now()
        WHERE m.login = session_user AND m.removed IS NULL
        RETURNING m.member INTO me;
    IF me IS NULL THEN
        RAISE EXCEPTION 'this login is no member of the team' USING ERRCODE = 'insufficient_privilege';
    END IF;

    FOR wanted IN
        SELECT DISTINCT date_trunc('month', l.time AT TIME ZONE 'UTC')::date
        FROM jsonb_to_recordset(lines) AS l (time timestamptz)
    LOOP
        IF wanted BETWEEN date_trunc('year', now() - interval '2 years')::date AND (now() + interval '31 days')::date
        THEN
            PERFORM cost_hook.make_month(wanted);
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
        ORDER BY 1, l.id, l.rev DESC, l.cost DESC
    ), was AS MATERIALIZED (
        -- Found once: planned into the join below it would be looked for again for each line.
        SELECT c.* FROM sent s JOIN cost_hook.calls c ON c.month = s.month AND c.id = s.id WHERE c.member = me
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

    INSERT INTO cost_hook.overrides (member, id, time, limit_id, amount, until, reason)
    SELECT me, r.id, r.time, r.limit_id, r.amount, r.until, r.reason
    FROM jsonb_to_recordset(raised) AS r (
        id text, time timestamptz, limit_id text, amount numeric, until timestamptz, reason text
    )
    ON CONFLICT (member, id) DO NOTHING;
    RETURN booked;
END
$$;

-- What the hook goes by, from `first` to the day before `next`. Totals only: nobody else's.
CREATE FUNCTION cost_hook.spent(first date, next date) RETURNS TABLE (
    server_time timestamptz, team numeric, team_estimated numeric, own numeric, own_estimated numeric,
    rest numeric, rest_estimated numeric, active bigint, allocation numeric
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me bigint := cost_hook.me();
BEGIN
    IF me IS NULL AND NOT cost_hook.is_admin() THEN
        RAISE EXCEPTION 'this login is no member of the team' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY SELECT
        now(),
        coalesce(sum(t.cost), 0), coalesce(sum(t.estimated), 0),
        coalesce(sum(t.cost) FILTER (WHERE t.member = me), 0),
        coalesce(sum(t.estimated) FILTER (WHERE t.member = me), 0),
        coalesce(sum(t.cost) FILTER (WHERE m.allocation IS NULL), 0),
        coalesce(sum(t.estimated) FILTER (WHERE m.allocation IS NULL), 0),
        (SELECT count(*) FROM cost_hook.members a WHERE a.last_sync > now() - interval '1 hour'),
        (SELECT o.allocation FROM cost_hook.members o WHERE o.member = me)
    FROM cost_hook.totals t JOIN cost_hook.members m ON m.member = t.member
    WHERE t.day >= first AND t.day < next;
END
$$;

CREATE FUNCTION cost_hook.must_be_admin() RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT cost_hook.is_admin() THEN
        RAISE EXCEPTION 'only an administrator of the team may do this' USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$$;

-- Makes a login and a member of it, or gives a known one a new password. `secret` is a SCRAM verifier: the password itself
-- never comes here. Returns the login.
CREATE FUNCTION cost_hook.invite(who text, secret text, as_admin boolean, share numeric) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known cost_hook.members;
    account text;
BEGIN
    PERFORM cost_hook.must_be_admin();
    IF secret NOT LIKE 'SCRAM-SHA-256$%' THEN
        RAISE EXCEPTION 'the password has to come as a SCRAM verifier';
    END IF;
    SELECT * INTO known FROM cost_hook.members m WHERE lower(m.name) = lower(who) FOR UPDATE;
    account := known.login;
    IF account IS NULL THEN
        account := 'cost_hook_' || left(trim(BOTH '_' FROM regexp_replace(lower(who), '[^a-z0-9]+', '_', 'g')), 40)
            || '_' || left(replace(gen_random_uuid()::text, '-', ''), 6);
        EXECUTE format('CREATE ROLE %I LOGIN', account);
    END IF;
    EXECUTE format('ALTER ROLE %I PASSWORD %L', account, secret);
    EXECUTE format('GRANT cost_hook_member TO %I', account);
    IF as_admin THEN
        EXECUTE format('GRANT cost_hook_admin TO %I', account);
    ELSE
        EXECUTE format('REVOKE cost_hook_admin FROM %I', account);
    END IF;
    IF known.member IS NULL THEN
        INSERT INTO cost_hook.members (name, login, is_admin, allocation) VALUES (who, account, as_admin, share);
    ELSE
        UPDATE cost_hook.members m SET login = account, is_admin = as_admin, allocation = share, removed = NULL
            WHERE m.member = known.member;
    END IF;
    RETURN account;
END
$$;

-- Takes the login away; what was spent stays. Returns the member's name.
CREATE FUNCTION cost_hook.remove(who text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known cost_hook.members;
BEGIN
    PERFORM cost_hook.must_be_admin();
    SELECT * INTO known FROM cost_hook.members m WHERE lower(m.name) = lower(who) AND m.removed IS NULL FOR UPDATE;
    IF known.member IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE cost_hook.members m SET login = NULL, is_admin = false, removed = now() WHERE m.member = known.member;
    IF EXISTS (SELECT FROM pg_roles r WHERE r.rolname = known.login) THEN
        EXECUTE format('DROP ROLE %I', known.login);
    END IF;
    RETURN known.name;
END
$$;

-- What the settings say: `shares` is a list of {"user", "allocation"}. Who is not in it has none.
CREATE FUNCTION cost_hook.allocate(shares jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed bigint;
BEGIN
    PERFORM cost_hook.must_be_admin();
    WITH wanted AS (
        SELECT m.member, (
            SELECT min(s.allocation) FROM jsonb_to_recordset(shares) AS s ("user" text, allocation numeric)
            WHERE lower(s."user") = lower(m.name)
        ) AS share
        FROM cost_hook.members m
    )
    UPDATE cost_hook.members m SET allocation = w.share FROM wanted w
        WHERE w.member = m.member AND m.allocation IS DISTINCT FROM w.share;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END
$$;

-- Reading: own rows, an administrator all. The owner is held to policies as well, and has one.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['members', 'calls', 'overrides', 'daily', 'totals'] LOOP
        EXECUTE format('ALTER TABLE cost_hook.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE cost_hook.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY keeper ON cost_hook.%I TO CURRENT_USER USING (true) WITH CHECK (true)', name);
        EXECUTE format(
            'CREATE POLICY own ON cost_hook.%I FOR SELECT TO cost_hook_member USING (member = (SELECT cost_hook.me()))',
            name
        );
        EXECUTE format(
            'CREATE POLICY all_of_it ON cost_hook.%I FOR SELECT TO cost_hook_admin USING ((SELECT cost_hook.is_admin()))',
            name
        );
        EXECUTE format('GRANT SELECT ON cost_hook.%I TO cost_hook_member, cost_hook_admin', name);
    END LOOP;
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA cost_hook FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cost_hook.me(), cost_hook.is_admin(), cost_hook.book(jsonb, jsonb),
    cost_hook.spent(date, date) TO cost_hook_member, cost_hook_admin;
GRANT EXECUTE ON FUNCTION cost_hook.invite(text, text, boolean, numeric), cost_hook.remove(text),
    cost_hook.allocate(jsonb) TO cost_hook_admin;
