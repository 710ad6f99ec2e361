//! A member with a client of their own and bad intentions. Each statement has to be refused, or to change nothing.

use postgres::{Client, NoTls};
use serde_json::json;

use crate::support::usd;
use crate::team::{Team, book, sync};

/// Ann and Ben have spent; Eve is a member with raw SQL.
fn scene() -> (Team, Client, String) {
    let team = Team::with(json!({"team": {"budget": 100, "members": [{"user": "ann", "allocation": 30}]}}));
    for (name, cost) in [("ann", "10"), ("ben", "20")] {
        let env = team.member(name);
        book(&env, &format!("{name}:1"), cost);
        sync(&env);
    }
    let url = team.invite("eve", &[]);
    let env = team.machine("eve", &url);
    book(&env, "eve:1", "5");
    sync(&env);
    let login = url.split("//").nth(1).unwrap().split(':').next().unwrap().to_string();
    (team, Client::connect(&url, NoTls).unwrap(), login)
}

fn everything(team: &Team) -> String {
    let of = |table: &str| {
        team.ask(&format!("SELECT string_agg(t::text, ';' ORDER BY t::text) FROM cost_hook.{table} t"))
    };
    ["calls", "daily", "totals", "overrides", "members"].map(of).join("\n")
}

#[test]
fn raw_sql_of_a_member_is_refused() {
    let (team, mut eve, login) = scene();
    let before = everything(&team);
    let statements = [
        // Tables.
        "DELETE FROM cost_hook.calls",
        "DELETE FROM cost_hook.totals",
        "TRUNCATE cost_hook.calls",
        "DROP TABLE cost_hook.calls",
        "UPDATE cost_hook.calls SET cost = 0",
        "UPDATE cost_hook.totals SET cost = 0",
        "UPDATE cost_hook.daily SET cost = 0",
        "UPDATE cost_hook.members SET allocation = 100000",
        "UPDATE cost_hook.members SET is_admin = true",
        "UPDATE cost_hook.members SET login = session_user WHERE name = 'ann'",
        "INSERT INTO cost_hook.members (name, login, is_admin) VALUES ('eve2', session_user, true)",
        "INSERT INTO cost_hook.calls (month, id, member, kind, rev, time, project, model, provider, region, input, output,
            cache_write_5m, cache_write_1h, cache_read, web_searches, cost, estimated)
            VALUES ('2026-11-01', 'x', 1, 'call', 0, now(), '', '', '', '', 0, 0, 0, 0, 0, 0, 50, false)",
        "INSERT INTO cost_hook.totals (day, member, calls, cost, estimated) VALUES ('2026-11-24', 1, 0, 0, 0)",
        "INSERT INTO cost_hook.overrides (member, id, time, limit_id, reason) VALUES (1, 'x', now(), 'x', 'x')",
        "INSERT INTO cost_hook.migrations VALUES (2, 'x', 'x')",
        "DELETE FROM cost_hook.migrations",
        // Past the policies of the parent.
        "SELECT * FROM cost_hook.calls_2026_11",
        "SELECT * FROM cost_hook.calls_other",
        "DELETE FROM cost_hook.calls_2026_11",
        "COPY cost_hook.calls_2026_11 TO STDOUT",
        "COPY cost_hook.calls TO '/tmp/stolen'",
        "COPY (SELECT * FROM cost_hook.calls) TO PROGRAM 'cat'",
        // Policies and rights.
        "ALTER TABLE cost_hook.calls DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE cost_hook.calls NO FORCE ROW LEVEL SECURITY",
        "CREATE POLICY open ON cost_hook.calls USING (true)",
        "DROP POLICY own ON cost_hook.calls",
        "GRANT cost_hook_admin TO CURRENT_USER",
        "SET ROLE cost_hook_admin",
        "SET SESSION AUTHORIZATION super",
        "ALTER ROLE CURRENT_USER CREATEROLE",
        "CREATE ROLE helper LOGIN",
        "ALTER DEFAULT PRIVILEGES FOR ROLE super GRANT ALL ON TABLES TO PUBLIC",
        // Functions.
        "SELECT cost_hook.invite('eve2', 'SCRAM-SHA-256$x', true, 0)",
        "SELECT cost_hook.remove('ann')",
        "SELECT cost_hook.allocate('[]')",
        "SELECT cost_hook.make_month('2026-12-01')",
        "SELECT cost_hook.must_be_admin()",
        "CREATE FUNCTION cost_hook.me() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
        "CREATE OR REPLACE FUNCTION cost_hook.me() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
        "ALTER FUNCTION cost_hook.book(jsonb, jsonb) SECURITY INVOKER",
        "CREATE TRIGGER t AFTER INSERT ON cost_hook.calls EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "CREATE TABLE cost_hook.mine (x int)",
        "DO $$ BEGIN LOCK TABLE cost_hook.calls IN ACCESS EXCLUSIVE MODE; END $$",
    ];
    for statement in statements {
        let error = eve.batch_execute(statement).expect_err(statement);
        let told = error.as_db_error().unwrap_or_else(|| panic!("{statement}: {error}"));
        assert!(
            ["42501", "42704", "42P17", "42723", "42809"].contains(&told.code().code()),
            "{statement}: {} {}",
            told.code().code(),
            told.message()
        );
    }
    // PostgreSQL takes these and warns that nothing was granted.
    for statement in ["GRANT ALL ON cost_hook.calls TO PUBLIC", "GRANT ALL ON SCHEMA cost_hook TO PUBLIC"] {
        let _ = eve.batch_execute(statement);
    }
    let rights = "SELECT count(*) FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.relnamespace = 'cost_hook'::regnamespace AND a.grantee <> c.relowner AND a.privilege_type <> 'SELECT'";
    assert_eq!(team.ask(rights), "0");
    assert_eq!(everything(&team), before);
    assert_eq!(
        team.ask(&format!("SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = '{login}'")),
        "false"
    );
}

#[test]
fn what_a_member_sends_is_theirs_and_only_grows() {
    let (team, mut eve, _) = scene();
    let line = |id: &str, more: serde_json::Value| {
        let mut line = json!({"id": id, "kind": "call", "rev": 9, "time": "2026-11-24T10:00:00Z", "project": "p", "model": "m",
            "provider": "anthropic", "region": "", "input": 1, "output": 1, "cache_write_5m": 0, "cache_write_1h": 0,
            "cache_read": 0, "web_searches": 0, "cost": "1", "estimated": false});
        for (key, value) in more.as_object().unwrap() {
            line[key] = value.clone();
        }
        json!([line]).to_string()
    };
    let mut book = |lines: &str| {
        eve.query_one("SELECT cost_hook.book($1::text::jsonb, '[]')", &[&lines])
            .map(|row| row.get::<_, i64>(0))
    };
    let total = || team.total();
    let before = everything(&team);
    // Others' calls: nothing happens to them, and nothing is added.
    for cost in ["0", "1", "99999"] {
        assert_eq!(book(&line("ann:1", json!({"cost": cost}))).unwrap(), 0);
    }
    // Own calls do not shrink, whatever is said of them.
    for more in [
        json!({"cost": "0"}),
        json!({"cost": "4.99", "rev": 2_000_000_000}),
        json!({"cost": "5", "input": 0, "output": 0}),
    ] {
        book(&line("eve:1", more)).unwrap();
        assert!(total() >= usd("35"));
    }
    // Nor become another kind, which might be lowered.
    assert_eq!(book(&line("eve:1", json!({"kind": "unlisted", "cost": "0"}))).unwrap(), 0);
    assert_eq!(total(), usd("35"));
    // What the tables refuse.
    for more in [
        json!({"cost": "-1"}),
        json!({"cost": "NaN"}),
        json!({"cost": "Infinity"}),
        json!({"cost": "100000.01"}),
        json!({"cost": null}),
        json!({"input": -5}),
        json!({"output": -1}),
        json!({"cache_read": -1}),
        json!({"web_searches": -1}),
        json!({"rev": -1}),
        json!({"kind": "refund"}),
        json!({"time": null}),
        json!({"time": "infinity"}),
        json!({"id": ""}),
        json!({"id": "x".repeat(501)}),
        json!({"project": "x".repeat(1001)}),
        json!({"estimated": null}),
    ] {
        assert!(book(&line("new:1", more.clone())).is_err(), "{more}");
    }
    // A name of somebody else in the line is no field of it.
    book(&line("new:2", json!({"member": 1, "login": "ann", "user": "ann", "cost": "2"}))).unwrap();
    assert_eq!(team.ask("SELECT m.name FROM cost_hook.calls c JOIN cost_hook.members m USING (member) WHERE c.id = 'new:2'"), "eve");
    assert_eq!(total(), usd("37"));
    let of_others = |text: &str| {
        text.lines()
            .flat_map(|line| line.split(';'))
            .filter(|row| row.contains("ann:1") || row.contains("ben:1"))
            .map(str::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(of_others(&everything(&team)), of_others(&before));
}

#[test]
fn a_member_reads_their_own_rows_and_the_totals() {
    let (_team, mut eve, _) = scene();
    let mut ask = |question: &str| {
        let rows = eve
            .query(&format!("SELECT t::text FROM ({question}) t"), &[])
            .unwrap_or_else(|error| panic!("{question}: {error}"));
        rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>()
    };
    for table in ["calls", "daily", "totals", "members"] {
        let rows = ask(&format!("SELECT * FROM cost_hook.{table}"));
        assert_eq!(rows.len(), 1, "{table}: {rows:?}");
    }
    assert_eq!(ask("SELECT id FROM cost_hook.calls"), ["(eve:1)"]);
    assert_eq!(ask("SELECT name FROM cost_hook.members"), ["(eve)"]);
    // A function of one's own in the way of what the store calls: the path is pinned.
    eve.batch_execute(
        "CREATE TEMPORARY TABLE members (member bigint, login text, removed timestamptz, is_admin boolean)",
    )
    .unwrap();
    eve.batch_execute("INSERT INTO members SELECT 1, session_user, NULL, true").unwrap();
    eve.batch_execute("SET search_path = pg_temp, cost_hook, public").unwrap();
    let mut ask = |question: &str| eve.query_one(question, &[]).unwrap();
    assert!(!ask("SELECT cost_hook.is_admin()").get::<_, bool>(0));
    let spent =
        ask("SELECT team::text, own::text, rest::text FROM cost_hook.spent('2026-11-01', '2026-12-01')");
    let sums: Vec<String> = (0..3).map(|at| usd(spent.get(at)).to_string()).collect();
    assert_eq!(sums, ["35", "5", "25"]);
    // A cheap filter of one's own sees no row that the policy hides.
    eve.batch_execute(
        "CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS
            $$ BEGIN RAISE EXCEPTION 'seen %', $1; END $$",
    )
    .unwrap();
    let error = eve.query("SELECT * FROM cost_hook.calls WHERE pg_temp.leak(id)", &[]).unwrap_err();
    assert_eq!(error.as_db_error().unwrap().message(), "seen eve:1");
}

#[test]
fn an_administrator_of_another_team_is_nobody_here() {
    let (team, _, _) = scene();
    let other = Team::new();
    let url = other.invite("boss", &["--admin"]);
    let name = |team: &Team| team.url_of_owner().rsplit('/').next().unwrap().to_string();
    let mut boss = Client::connect(&url.replace(&name(&other), &name(&team)), NoTls).unwrap();
    assert_eq!(boss.query("SELECT * FROM cost_hook.calls", &[]).unwrap().len(), 0);
    assert_eq!(boss.query("SELECT * FROM cost_hook.members", &[]).unwrap().len(), 0);
    for statement in [
        "SELECT * FROM cost_hook.spent('2026-11-01', '2026-12-01')",
        "SELECT cost_hook.invite('boss', 'SCRAM-SHA-256$x', true, 0)",
        "SELECT cost_hook.remove('ann')",
        "SELECT cost_hook.book('[]', '[]')",
    ] {
        let error = boss.batch_execute(statement).expect_err(statement);
        assert_eq!(error.as_db_error().unwrap().code().code(), "42501", "{statement}: {error}");
    }
    // And a removed member's open connection is one that can do nothing.
    let url = team.invite("gone", &[]);
    let mut gone = Client::connect(&url, NoTls).unwrap();
    team.owner.run(&["team", "remove", "gone"]).ok();
    assert!(!gone.query("SELECT * FROM cost_hook.calls", &[]).is_ok_and(|rows| !rows.is_empty()));
    assert!(gone.batch_execute("SELECT cost_hook.book('[]', '[]')").is_err());
}
