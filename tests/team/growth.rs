//! What the store costs with few calls in it and with many: the statements that machines send, the report, room on the disk,
//! and how many syncs a server carries. The always-run part holds pages read, which no other work on the machine changes;
//! times are for people, printed for the sizes that `COST_HOOK_TEAM_CALLS` names.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::{Datelike, Days, Months, NaiveDate, Utc};
use cost_hook::base::time::{Time, Window};
use cost_hook::team::address::Address;
use cost_hook::team::members::{self, By};
use cost_hook::team::plan::{Batch, Sent};
use cost_hook::team::state::Sum;
use cost_hook::team::store::Store;
use cost_hook::team::sync::{BATCH, ask, book};
use postgres::{Client, NoTls, SimpleQueryMessage};
use serde_json::{Value, json};

use crate::overshoot::line;
use crate::server::Server;
use crate::team::Team;

/// Sizes such as `10000,100000`; set, times are measured and tables printed.
const CALLS: &str = "COST_HOOK_TEAM_CALLS";
const MEMBERS: usize = 300;
/// What a machine has to send at a sync, on average.
const NEWS: usize = 3;
const ROUND: Duration = Duration::from_secs(10);
/// A member's syncs in a second (`docs/design/teams.md`).
const RATE: f64 = 1.3 / 60.0;

/// Calls as a year of a member's work: three projects, three models, ids as Anthropic's.
const FILL: &str = "
SELECT cost_hook.book(jsonb_agg(jsonb_build_object(
    'id', 'msg_01' || left(md5(t || 'a'), 22) || ':req_011C' || left(md5(t || 'b'), 20),
    'kind', 'call', 'rev', 0, 'time', $3::text::timestamptz + ($4::text::interval * ((n + 0.5) / $2::int)::float8),
    'project', 'project-' || ($5::int * 7 + n % 3) % 40,
    'model', (ARRAY['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-4-5'])[1 + n / 3 % 3],
    'provider', 'anthropic', 'region', '', 'input', 10 + n % 90, 'output', 300 + n % 700,
    'cache_write_5m', 2000 + n % 3000, 'cache_write_1h', 0, 'cache_read', 50000 + n % 90000, 'web_searches', 0,
    'cost', 0.01 + (n % 200) * 0.001234, 'estimated', false
)), '[]')
FROM (SELECT n, $1::int || ':' || $3::text || $5::int || ':' || n AS t FROM generate_series(0, $2::int - 1) AS n) AS s";

struct Year {
    server: Server,
    team: Team,
    urls: Vec<String>,
    admin: Address,
    calls: usize,
}

impl Year {
    fn new(members: usize) -> Self {
        let mut server = Server::start();
        server.restart_with(&["log_statement=none", "shared_buffers=1GB", "max_wal_size=1GB"]);
        let team = Team::on(&server, json!({}));
        let urls = team.invite_many(members);
        let admin = Address::parse(&team.invite("ops@example.org", &["--admin"])).unwrap();
        Self { server, team, urls, admin, calls: 0 }
    }

    /// Until there are so many calls, spread over the members and twelve months, month by month. Two members at once.
    fn fill(&mut self, calls: usize) {
        let superuser = self.server.superuser(&self.team.database);
        let each = (calls - self.calls) / self.urls.len() / 12;
        let today = Utc::now().date_naive();
        for month in (0..12).rev() {
            let first = today.with_day(1).unwrap() - Months::new(month);
            let next = (first + Months::new(1)).min(today);
            let span = next.signed_duration_since(first).num_days().max(1);
            let (next, urls) = (AtomicUsize::new(0), &self.urls);
            std::thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        let mut client = Client::connect(&superuser, NoTls).unwrap();
                        let fill = client.prepare(FILL).unwrap();
                        while let Some(number) =
                            Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < urls.len())
                        {
                            let whole = |value: usize| i32::try_from(value).unwrap();
                            let (begin, span) = (format!("{first} 00:00Z"), format!("{span} days"));
                            // Another size has other ids.
                            let from = self.calls / urls.len();
                            let login = urls[number].split([':', '/']).nth(3).unwrap();
                            client.batch_execute(&format!("SET SESSION AUTHORIZATION {login}")).unwrap();
                            client
                                .execute(&fill, &[&whole(from), &whole(each), &begin, &span, &whole(number)])
                                .unwrap();
                        }
                    });
                }
            });
        }
        self.calls += each * 12 * self.urls.len();
        // What the server does by itself in the minutes after so much news.
        let mut owner = Client::connect(self.team.url_of_owner(), NoTls).unwrap();
        for table in ["calls", "daily", "totals", "members"] {
            owner.batch_execute(&format!("VACUUM ANALYZE cost_hook.{table}")).unwrap();
        }
    }

    fn address(&self, member: usize) -> Address {
        Address::parse(&self.urls[member]).unwrap()
    }
}

/// This month.
fn month() -> Window {
    let first = Utc::now().date_naive().with_day(1).unwrap();
    let time = |date: NaiveDate| Time::parse(&format!("{date}T00:00:00.000Z")).unwrap();
    Window { start: time(first), end: time(first + Months::new(1)) }
}

/// New calls of this moment.
fn news(count: usize) -> Batch {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let now = Time(Utc::now().timestamp_millis());
    let id = || {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // Spread as real ones are.
        let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5851_F42D_4C95_7F2D;
        format!("msg_01{mixed:016x}{:06}:req_011C{:020x}", number % 1_000_000, mixed.rotate_left(17))
    };
    let lines = (0..count).map(|_| line(id(), now, "0.123456".parse().unwrap())).collect::<Vec<Sent>>();
    Batch { lines, raised: Vec::new() }
}

fn sync(address: &Address, count: usize) {
    let store = Store::open(address).unwrap();
    book(&store, &news(count)).unwrap();
    ask(&store, month(), Time(Utc::now().timestamp_millis()), Sum::default()).unwrap();
}

/// Pages that a statement touched in a session that knows it already, and the server's time for it in milliseconds.
fn explained(url: &str, statement: impl Fn() -> String) -> (i64, f64) {
    let mut client = Client::connect(url, NoTls).unwrap();
    let mut told = Value::Null;
    for _ in 0..3 {
        let question = format!("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {}", statement());
        let answer = client.simple_query(&question).unwrap();
        let row = answer.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        told = serde_json::from_str(row.unwrap()).unwrap();
    }
    let pages = |kind: &str| told[0]["Plan"][kind].as_i64().unwrap();
    (pages("Shared Hit Blocks") + pages("Shared Read Blocks"), told[0]["Execution Time"].as_f64().unwrap())
}

fn text(batch: &Batch) -> String {
    format!("SELECT cost_hook.book('{}'::jsonb, '[]'::jsonb)", serde_json::to_string(&batch.lines).unwrap())
}

/// Pages of `spent` over a month, `book` of a batch, the report of a month.
fn pages(year: &Year) -> [i64; 3] {
    let Window { start, end } = month();
    let (first, next) = (start.utc().date().to_string(), end.utc().date().to_string());
    let report = members::question(By::Project)
        .replace("$1", &format!("'{first}'"))
        .replace("$2", &format!("'{next}'"));
    let admin = year.team.url_of_owner();
    [
        explained(&year.urls[0], || format!("SELECT * FROM cost_hook.spent('{first}', '{next}')")).0,
        explained(&year.urls[0], || text(&news(BATCH))).0,
        explained(admin, || report.clone()).0,
    ]
}

/// Runs it so often; median and 95th percentile in milliseconds.
fn timed(count: usize, mut what: impl FnMut()) -> (f64, f64) {
    let mut took: Vec<f64> = (0..count)
        .map(|_| {
            let begun = Instant::now();
            what();
            begun.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    middle(&mut took)
}

fn middle(took: &mut [f64]) -> (f64, f64) {
    took.sort_by(f64::total_cmp);
    (took[took.len() / 2], took[(took.len() - 1) * 95 / 100])
}

#[test]
fn what_machines_ask_for_costs_the_same_however_many_calls_there_are() {
    let sizes: Option<Vec<usize>> =
        std::env::var(CALLS).ok().map(|told| told.split(',').map(|size| size.parse().unwrap()).collect());
    let Some(sizes) = sizes else { return held() };
    let mut year = Year::new(MEMBERS);
    for size in sizes {
        let begun = Instant::now();
        let before = year.calls;
        year.fill(size);
        let rate = (year.calls - before) as f64 / begun.elapsed().as_secs_f64();
        eprintln!("\n{} calls ({rate:.0} a second went in, two connections)", year.calls);
        curve(&mut year);
    }
    for clients in [1, 4, 16, 64] {
        load(&year, clients, "");
    }
    load(&year, 4, "TLS, ");
}

/// Months that are kept cost a sync nothing: it touches those it has lines of.
#[test]
fn a_batch_touches_the_partitions_of_its_own_months() {
    let team = Team::new();
    let url = team.invite("ann", &[]);
    let today = Utc::now().date_naive();
    let mut ann = Client::connect(&url, NoTls).unwrap();
    let mut months = Vec::new();
    for back in 0..12 {
        let mut line = news(1).lines.remove(0);
        let first = today.with_day(1).unwrap() - Months::new(back);
        line.time = Time::parse(&format!("{first}T00:00:00.000Z")).unwrap();
        months.push(first.format("cost_hook.calls_%Y_%m").to_string());
        let batch = Batch { lines: vec![line], raised: Vec::new() };
        ann.batch_execute(&text(&batch)).unwrap();
    }
    let touched = |lines: Vec<Sent>| -> Vec<String> {
        // A session that has planned nothing yet.
        let mut ann = Client::connect(&url, NoTls).unwrap();
        let mut transaction = ann.transaction().unwrap();
        transaction.batch_execute(&text(&Batch { lines, raised: Vec::new() })).unwrap();
        let locks = "SELECT DISTINCT l.relation::regclass::text FROM pg_locks l
            WHERE l.pid = pg_backend_pid() AND l.relation::regclass::text ~ 'calls_[0-9_]+$' ORDER BY 1";
        transaction.query(locks, &[]).unwrap().iter().map(|row| row.get(0)).collect()
    };
    assert_eq!(touched(Vec::new()), Vec::<String>::new());
    assert_eq!(touched(news(3).lines), months[..1]);
    drop(ann);
    team.total();
}

/// Whoever makes most of the calls, more than the server knows yet, pays for their three lines and not for what they had.
#[test]
fn what_a_member_booked_before_makes_the_next_lines_no_dearer() {
    let team = Team::new();
    let urls = team.invite_many(30);
    let send = |url: &str, count: usize| {
        let mut client = Client::connect(url, NoTls).unwrap();
        client.batch_execute(&text(&news(count))).unwrap();
    };
    urls.iter().for_each(|url| send(url, 20));
    team.tell("ANALYZE cost_hook.calls");
    let (few, _) = explained(&urls[0], || text(&news(NEWS)));
    (0..16).for_each(|_| send(&urls[0], BATCH));
    let (many, _) = explained(&urls[0], || text(&news(NEWS)));
    assert!(many < few + 60, "{few} pages, then {many}");
    team.total();
}

/// Four times as many calls on the same days: what is asked touches as many pages, what is booked a level of an index more.
fn held() {
    let mut year = Year::new(10);
    // Some on each day already, of each project and model.
    year.fill(36_000);
    let few = pages(&year);
    year.fill(144_000);
    let many = pages(&year);
    eprintln!("pages of spent, book and report: {few:?} with 36,000 calls, {many:?} with 144,000");
    // In the first days of a month there are a few pages, and one more is much.
    let grew = |at: usize| many[at].saturating_sub(16) as f64 / few[at] as f64;
    assert!(grew(0) < 1.3, "spent: {few:?}, {many:?}");
    assert!(grew(1) < 2.0, "book: {few:?}, {many:?}");
    assert!(grew(2) < 2.5, "report: {few:?}, {many:?}");
}

fn curve(year: &mut Year) {
    let [spent, booked, report] = pages(year);
    eprintln!("  pages: spent {spent}, book of {BATCH} {booked}, report {report}");
    let (address, now) = (year.address(7), Time(Utc::now().timestamp_millis()));
    let store = Store::open(&address).unwrap();
    let show = |name: &str, (median, p95): (f64, f64)| {
        eprintln!("  {name}: median {median:.2} ms, p95 {p95:.2} ms");
    };
    show(
        "spent",
        timed(200, || {
            ask(&store, month(), now, Sum::default()).unwrap();
        }),
    );
    show(
        "book of 500",
        timed(40, || {
            book(&store, &news(BATCH)).unwrap();
        }),
    );
    show(
        "book of 3",
        timed(100, || {
            book(&store, &news(NEWS)).unwrap();
        }),
    );
    show("a whole sync", timed(100, || sync(&address, NEWS)));
    let admin = Store::open(&year.admin).unwrap();
    let Window { start, end } = month();
    let (first, next) = (start.utc().date(), end.utc().date());
    show(
        "report of a month",
        timed(11, || {
            members::report(&admin, By::Project, first, next).unwrap();
        }),
    );
    let first = next - Months::new(12) - Days::new(1);
    show(
        "report of a year",
        timed(5, || {
            members::report(&admin, By::Project, first, next).unwrap();
        }),
    );
    drop((store, admin));
    year.server.restart_with(&["log_statement=none", "shared_buffers=1GB", "max_wal_size=1GB", "fsync=on"]);
    let store = Store::open(&address).unwrap();
    show(
        "book of 500, fsync",
        timed(40, || {
            book(&store, &news(BATCH)).unwrap();
        }),
    );
    show(
        "book of 3, fsync",
        timed(100, || {
            book(&store, &news(NEWS)).unwrap();
        }),
    );
    let room = |of: &str| {
        let sum = format!(
            "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c
            WHERE c.relnamespace = 'cost_hook'::regnamespace AND c.relkind = 'r' AND c.relname LIKE '{of}%'"
        );
        let rows = year.team.ask(&format!("SELECT count(*) FROM cost_hook.{of}")).parse::<f64>().unwrap();
        let bytes = year.team.ask(&sum).parse::<f64>().unwrap();
        format!("{of}: {rows} rows, {:.0} MB, {:.0} bytes each", bytes / 1e6, bytes / rows)
    };
    for table in ["calls", "daily", "totals"] {
        eprintln!("  {}", room(table));
    }
}

/// Whole syncs of many members at once, each with a connection of its own, as fast as they go.
fn load(year: &Year, clients: usize, how: &str) {
    let authority = year.server.authority().display().to_string();
    let with_tls = format!("?sslmode=verify-full&sslrootcert={authority}");
    let (before, urls) = (year.server.seconds_of_work(), &year.urls);
    let begun = Instant::now();
    let mut took: Vec<f64> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..clients)
            .map(|client| {
                let with_tls = &with_tls;
                scope.spawn(move || {
                    let mut took = Vec::new();
                    let mut member = client;
                    while begun.elapsed() < ROUND {
                        let url = &urls[member % MEMBERS];
                        let url = if how.is_empty() {
                            url.clone()
                        } else {
                            url.replace("?sslmode=disable", with_tls)
                        };
                        let address = Address::parse(&url).unwrap();
                        took.push(timed(1, || sync(&address, NEWS)).0);
                        member += clients;
                    }
                    took
                })
            })
            .collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let seconds = begun.elapsed().as_secs_f64();
    // The last connections end a moment later.
    std::thread::sleep(Duration::from_secs(1));
    let work = (year.server.seconds_of_work() - before) / took.len() as f64;
    let count = took.len() as f64;
    let (median, p95) = middle(&mut took);
    eprintln!(
        "{how}{clients} at once: {:.0} syncs a second, median {median:.1} ms, p95 {p95:.1} ms; {:.2} ms of the server's processor each: {:.0} members for each core",
        count / seconds,
        work * 1000.0,
        1.0 / work / RATE
    );
}
