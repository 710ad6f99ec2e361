//! What the commands of a team tell somebody who reads Chinese; programs are told the same in every language.

use serde_json::json;

use crate::server::shared;
use crate::support::Env;
use crate::team::{Team, book_with, refused, sync};

const CHINESE: &str = "zh_CN.UTF-8";

/// Settings in which a team of three has two allocations.
fn settings() -> serde_json::Value {
    json!({"team": {"budget": 100, "members": [{"user": "ann", "allocation": 30}, {"user": "ben", "allocation": 50}]}})
}

/// A command's answer in Chinese, without what is another one each time: the port and the database.
fn said(team: &Team, env: &Env, args: &[&str]) -> String {
    env.var("LC_ALL", CHINESE);
    let said = env.run(args).ok().stdout;
    env.var("LC_ALL", "C.UTF-8");
    let (database, port) = (team.ask("SELECT current_database()"), shared().port().to_string());
    said.replace(&database, "DATABASE").replace(&port, "PORT")
}

#[test]
fn setting_up_and_inviting() {
    let team = Team::bare(shared(), settings());
    let init = ["team", "init"];
    assert_eq!(
        said(&team, &team.owner, &init),
        "已设置团队存储，应用了 2 个架构版本：127.0.0.1 端口 PORT 上的数据库 DATABASE。\n\
         下一步：为每位成员运行 cost-hook team invite MEMBER。\n"
    );
    assert_eq!(
        said(&team, &team.owner, &init),
        "团队存储已是最新：127.0.0.1 端口 PORT 上的数据库 DATABASE。\n\
         下一步：为每位成员运行 cost-hook team invite MEMBER。\n"
    );
    let invited = said(&team, &team.owner, &["team", "invite", "ann"]);
    let (before, rest) = invited.split_once("\n\n  postgres://cost_hook_ann_").unwrap();
    assert_eq!(
        before,
        "ann 现在是团队的成员，每月分配额为 $30.00。\n\n请通过可信的渠道把这个地址交给对方；它不会再次显示："
    );
    let (_, after) = rest.split_once("\n\n").unwrap();
    assert_eq!(
        after,
        "请对方把它放在只有自己能读到的地方，并试用：\n\n  \
         cost-hook config set team.databaseUrl '地址'\n  cost-hook team sync\n"
    );
    let admin = said(&team, &team.owner, &["team", "invite", "ops", "--admin"]);
    assert!(admin.starts_with("ops 现在是团队的管理员，没有分配额：共用其他人余下的预算。\n"), "{admin}");
    team.owner.managed(json!({"team": {"budget": 100, "members": [{"user": "ann", "allocation": 7}]}}));
    let changed = said(&team, &team.owner, &init);
    assert!(changed.contains("\n1 个分配额已改为设置中的值。\n"), "{changed}");
    assert_eq!(
        said(&team, &team.owner, &["team", "remove", "ann"]),
        "ann 不再有登录名。其花费保留在团队的总额中。\n"
    );
}

#[test]
fn what_was_spent_and_by_whom() {
    let team = Team::with(settings());
    let ann = team.member("ann");
    book_with(&ann, "a:1", json!({"cost": "10", "project": "/home/ann/shop"}));
    book_with(&ann, "a:2", json!({"cost": "2.5", "project": "/home/ann/shop"}));
    let send = ["team", "sync"];
    assert_eq!(said(&team, &ann, &send), "已发送 2 行。团队本月已花费 $12.50，其中您花费 $12.50。\n");
    assert_eq!(said(&team, &ann, &send), "没有要发送的内容。团队本月已花费 $12.50，其中您花费 $12.50。\n");
    // A machine that has one of these calls as well.
    let other = team.machine("ann", &team.invite("ann", &[]));
    book_with(&other, "a:1", json!({"cost": "10", "project": "/home/ann/shop"}));
    book_with(&other, "a:3", json!({"cost": "1", "project": "/home/ann/blog"}));
    assert_eq!(
        said(&team, &other, &send),
        "已发送 2 行，其中 1 行对团队来说是新的。团队本月已花费 $13.50，其中您花费 $13.50。\n"
    );
    let ops = team.machine("ops", &team.invite("ops", &["--admin"]));
    assert_eq!(
        said(&team, &ops, &["team", "report", "--by", "project"]),
        "项目  调用  token    费用    占比\n\
         ─────────────────────────────────\n\
         shop     2    300  $12.50   92.6%\n\
         blog     1    150   $1.00    7.4%\n\
         ─────────────────────────────────\n\
         合计     3    450  $13.50  100.0%\n\
         2026-11-01 至 2026-11-30；整个团队 $13.50\n"
    );
    let members = said(&team, &ops, &["team", "members"]);
    let lines: Vec<&str> = members.lines().collect();
    assert_eq!(lines[0], "成员  角色    分配额  已花费   已用  调用  上次同步");
    assert!(
        lines[2].starts_with("ann   成员    $30.00  $13.50  45.0%     3  ") && lines[2].ends_with('前'),
        "{members}"
    );
    assert_eq!(&lines[3..], ["ops   管理员       -   $0.00      -     0  从未", "2026-11-01 至 2026-11-30"]);
}

#[test]
fn how_it_stands() {
    let team = Team::with(settings());
    let ann = team.member("ann");
    ann.var("COLUMNS", "100").managed(settings());
    assert_eq!(
        said(&team, &ann, &["team", "status", "--offline"]),
        "存储              127.0.0.1 端口 PORT 上的数据库 DATABASE\n\
         连接      未尝试  `--offline`\n\
         总额        从未  已过旧：已超过 `team.maxAge`，或从未取得\n\
         等待发送  0.0 kB  已全部发送\n"
    );
    book_with(&ann, "a:1", json!({"cost": "10"}));
    sync(&ann);
    ann.later(120).var("USER", "annie");
    assert_eq!(
        said(&team, &ann, &["team", "status"]),
        "存储                127.0.0.1 端口 PORT 上的数据库 DATABASE\n\
         连接          正常  身份为 ann\n\
         总额      2 分钟前\n\
         成员          不同  限额按 `annie` 计：请把 `team.user` 设为 ann，以使用其分配额\n\
         等待发送    0.0 kB  已全部发送\n\
         团队        $10.00  最近一小时有 1 位成员活跃\n\
         您          $10.00  分配额为 $30.00\n"
    );
    let owner = said(&team, &team.owner, &["team", "status"]);
    assert!(owner.contains("身份为数据库的所有者\n"), "{owner}");
}

#[test]
fn what_is_wrong_and_what_helps() {
    let env = Env::new();
    env.var("LC_ALL", CHINESE);
    assert_eq!(
        refused(&env.run(&["team", "sync"])),
        "错误：未设置团队存储\n提示：请把 COST_HOOK_TEAM_URL 或 `team.databaseUrl` 设为您得到的地址：\
         postgres://login:password@host:5432/database\n"
    );
    env.var("COST_HOOK_TEAM_URL", "postgres://ann:x@127.0.0.1:1/cost?sslmode=disable");
    let said = refused(&env.run(&["team", "sync"]));
    assert!(
        said.starts_with("错误：no connection to the team's store (database cost at 127.0.0.1 port 1): ")
            && said.ends_with("\n提示：尚未发送的内容下次会发送：什么都不会丢失\n"),
        "{said}"
    );
    // What is kept of it is in no language.
    let kept = crate::team::state(&env)["trouble"].as_str().unwrap().to_string();
    assert!(kept.ends_with("; what is not sent yet is sent the next time: nothing is lost"), "{kept}");
    let team = Team::with(settings());
    team.owner.var("LC_ALL", CHINESE);
    assert_eq!(
        refused(&team.owner.run(&["team", "remove", "nobody"])),
        "错误：`nobody` 不是团队的成员\n提示：`cost-hook team members` 会列出成员\n"
    );
}

#[test]
fn programs_are_told_the_same() {
    let team = Team::with(settings());
    let ann = team.member("ann");
    book_with(&ann, "a:1", json!({"cost": "10", "project": "/home/ann/shop"}));
    sync(&ann);
    for args in [
        &["team", "status", "--json"][..],
        &["team", "members", "--json"],
        &["team", "members", "--format", "csv"],
        &["team", "report", "--json"],
        &["team", "report", "--by", "model", "--format", "csv"],
        &["team", "sync", "--dry-run", "--json"],
    ] {
        let english = ann.run(args).ok().stdout;
        ann.var("LC_ALL", CHINESE);
        assert_eq!(ann.run(args).ok().stdout, english, "{args:?}");
        ann.var("LC_ALL", "C.UTF-8");
    }
}
