//! `cost-hook breakdown`: where the money went, by feature, model, project and whatever else a call says.

use std::process::ExitCode;

use clap::ValueEnum;

use super::args::{Filters, Shape};
use super::report;
use super::shop::Shop;
use crate::base::error::Result;
use crate::report::fold;

const EXAMPLES: &str = "\
Examples:
  cost-hook breakdown                                     by feature: what the money was spent for
  cost-hook breakdown --by model --since 7d               the last week, by model
  cost-hook breakdown --by agent --project shop           the subagents of one project
  cost-hook breakdown --by hour --timezone Europe/Berlin  at which time of the day
  cost-hook breakdown --by branch --top 10 --format md    for an issue or a job summary

docs/guide/ledger.md states the rule by which a call gets its feature.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// What a row stands for
    #[arg(long, value_enum, default_value_t = By::Feature)]
    by: By,
    /// Every row with its models below it
    #[arg(long)]
    breakdown: bool,
    #[command(flatten)]
    shape: Shape,
    #[command(flatten)]
    filters: Filters,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// What the call was for: the conversation, a tool, a subagent, a skill, an MCP server, unlisted calls
    Feature,
    Model,
    Project,
    Session,
    /// The first tool the model asked for
    Tool,
    /// The kind of subagent
    Agent,
    /// The git branch
    Branch,
    User,
    /// Who served the model
    Provider,
    /// The hour of the day
    Hour,
}

impl From<By> for fold::By {
    fn from(by: By) -> Self {
        match by {
            By::Feature => fold::By::Feature,
            By::Model => fold::By::Model,
            By::Project => fold::By::Project,
            By::Session => fold::By::Session,
            By::Tool => fold::By::Tool,
            By::Agent => fold::By::Agent,
            By::Branch => fold::By::Branch,
            By::User => fold::By::User,
            By::Provider => fold::By::Provider,
            By::Hour => fold::By::Hour,
        }
    }
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    report::show(shop, &args.filters, &args.shape, args.by.into(), args.breakdown, |_| String::new())
}
