//! `cost-hook export`: the ledger for spreadsheets, programs and the tools that read cloud bills. What is written and how is
//! the same for `cost-hook team export`, which has its rows from elsewhere.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ValueEnum, ValueHint};

use super::args::Filters;
use super::shop::Shop;
use super::success;
use crate::base::disk::{PRIVATE_FILE, Replacement};
use crate::base::error::{Error, Result};
use crate::base::time::Zone;
use crate::base::words::say;
use crate::export::charges::{self, Accounts};
use crate::export::{self, Entries, FileType, Form, Granularity, Job, OfLedger, Written};
use crate::model::price::PriceOverrides;
use crate::ui::print;

const EXAMPLES: &str = "\
Examples:
  cost-hook export --format csv --output costs.csv                    every call
  cost-hook export --format csv --granularity day --since 2026-11     sums by day
  cost-hook export --format jsonl --project shop | jq .cost           for a program
  cost-hook export --format parquet --output costs.parquet            for DuckDB, pandas, Spark
  cost-hook export --format focus --since 2026-11 --output focus.csv  for FinOps tools
  cost-hook export --format aws-billing --output cur.csv              in the form of an AWS bill

Every export of the same lines has the same bytes. Amounts are exact; docs/guide/export.md describes every column.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    target: Target,
    /// focus and aws-billing: what rows are told apart by and carry as tags
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["project", "user", "branch"])]
    tags: Vec<TagName>,
    #[command(flatten)]
    filters: Filters,
}

/// What is written, how, and where to.
#[derive(Debug, clap::Args)]
pub(super) struct Target {
    /// What to write
    #[arg(long, value_enum, default_value_t = Format::Csv, conflicts_with = "json")]
    format: Format,
    /// The file to write; `-` is standard output. It is replaced in one step, or not at all
    #[arg(long, short, value_name = "FILE", default_value = "-", value_hint = ValueHint::FilePath)]
    output: PathBuf,
    /// What a row stands for [default: call; for focus and aws-billing hour]
    #[arg(long, value_enum)]
    granularity: Option<Step>,
    /// How focus and aws-billing are written [default: by the ending of the file, else csv]
    #[arg(long, value_enum)]
    file_type: Option<BillType>,
    /// aws-billing with the headers of the legacy report
    #[arg(long)]
    legacy: bool,
    /// focus: id of the billing account
    #[arg(long, value_name = "ID", default_value = "cost-hook", value_parser = name)]
    billing_account_id: String,
    /// focus and aws-billing: name of the billing account
    #[arg(long, value_name = "NAME", default_value = "cost-hook ledger", value_parser = name)]
    billing_account_name: String,
    /// aws-billing: AWS account, twelve digits
    #[arg(long, value_name = "DIGITS", default_value = "000000000000", value_parser = account)]
    account: String,
    /// aws-billing: product code
    #[arg(long, value_name = "CODE", default_value = "AmazonBedrock", value_parser = name)]
    product_code: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line a row, for spreadsheets
    Csv,
    /// One JSON document
    Json,
    /// A JSON object a line
    Jsonl,
    /// Apache Parquet
    Parquet,
    /// AWS Cost and Usage Report 2.0
    AwsBilling,
    /// FOCUS 1.2, the common form of cloud bills
    Focus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    Call,
    Hour,
    Day,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum BillType {
    Csv,
    Parquet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum TagName {
    Project,
    User,
    Branch,
    Session,
    Feature,
    Agent,
}

impl From<TagName> for charges::Tag {
    fn from(name: TagName) -> Self {
        match name {
            TagName::Project => charges::Tag::Project,
            TagName::User => charges::Tag::User,
            TagName::Branch => charges::Tag::Branch,
            TagName::Session => charges::Tag::Session,
            TagName::Feature => charges::Tag::Feature,
            TagName::Agent => charges::Tag::Agent,
        }
    }
}

fn name(text: &str) -> std::result::Result<String, String> {
    match text.trim() {
        "" => Err("it may not be empty".into()),
        text if text.chars().any(char::is_control) => Err("it may not hold control characters".into()),
        text => Ok(text.to_string()),
    }
}

fn account(text: &str) -> std::result::Result<String, String> {
    let fits = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    if fits {
        Ok(text.to_string())
    } else {
        Err("an AWS account has twelve digits, leading zeros included".into())
    }
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    let order = args.target.order(args.tags.iter().map(|tag| (*tag).into()), shop)?;
    let setup = shop.setup();
    // Bills are cut in UTC, and so are the days that are asked for unless another zone is named.
    let in_utc = order.is_bill() && args.filters.zone.timezone.is_none();
    let zone = if in_utc { Zone::utc() } else { args.filters.zone.zone(&setup)? };
    let query = args.filters.query(shop.world, &zone)?;
    shop.catch_up(&setup, |_| Ok(()));
    let entries = OfLedger { ledger: &setup.ledger, query: &query };
    if let Some(written) = order.fill(&entries, &zone, &setup.prices, shop)? {
        warn_of_bad_lines(shop, &written);
    }
    success()
}

/// An export as it was asked for, found to be possible.
pub(super) struct Order<'a> {
    target: &'a Target,
    form: Form,
    file_type: FileType,
    granularity: Granularity,
}

impl Target {
    /// Errors: options that do not go together.
    pub(super) fn order(
        &self,
        tags: impl Iterator<Item = charges::Tag>,
        shop: &Shop<'_>,
    ) -> Result<Order<'_>> {
        let format = if shop.json { Format::Json } else { self.format };
        let is_bill = matches!(format, Format::AwsBilling | Format::Focus);
        self.refuse_what_does_not_fit(format, is_bill)?;
        let file_type = self.file_type(format);
        if self.is_stdout() && file_type == FileType::Parquet && shop.out.terminal {
            return Err(Error::usage("Parquet is not for a terminal")
                .hint("give a file with `--output costs.parquet`, or pipe it into a program"));
        }
        let default = if is_bill { Granularity::Hour } else { Granularity::Call };
        let granularity = self.granularity.map_or(default, |step| match step {
            Step::Call => Granularity::Call,
            Step::Hour => Granularity::Hour,
            Step::Day => Granularity::Day,
        });
        Ok(Order { target: self, form: self.form(format, tags), file_type, granularity })
    }

    fn is_stdout(&self) -> bool {
        self.output.as_os_str() == "-"
    }

    fn refuse_what_does_not_fit(&self, format: Format, is_bill: bool) -> Result<()> {
        let bills = "`--format focus` or `--format aws-billing`";
        if self.legacy && format != Format::AwsBilling {
            return Err(Error::usage("`--legacy` goes with `--format aws-billing`"));
        }
        if self.file_type.is_some() && !is_bill {
            return Err(Error::usage(format!("`--file-type` goes with {bills}"))
                .hint("`--format parquet` writes our own rows as Parquet"));
        }
        if !self.is_stdout() && self.output.file_name().is_none_or(|name| name.is_empty()) {
            let output = self.output.display();
            return Err(Error::usage(format!("`{output}` is not a name for a file"))
                .hint("give a file to `--output`"));
        }
        Ok(())
    }

    fn file_type(&self, format: Format) -> FileType {
        match format {
            Format::Csv => FileType::Csv,
            Format::Json => FileType::Json,
            Format::Jsonl => FileType::JsonLines,
            Format::Parquet => FileType::Parquet,
            Format::AwsBilling | Format::Focus => {
                let by_name =
                    self.output.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"));
                match self.file_type {
                    Some(BillType::Parquet) => FileType::Parquet,
                    None if by_name => FileType::Parquet,
                    _ => FileType::Csv,
                }
            }
        }
    }

    fn form(&self, format: Format, tags: impl Iterator<Item = charges::Tag>) -> Form {
        let mut tags: Vec<charges::Tag> = tags.collect();
        tags.sort_unstable();
        tags.dedup();
        let accounts = Accounts {
            billing_id: self.billing_account_id.clone(),
            billing_name: self.billing_account_name.clone(),
            aws_account: self.account.clone(),
            product_code: self.product_code.clone(),
            tags,
        };
        match format {
            Format::Focus => Form::Focus(accounts),
            Format::AwsBilling => Form::Cur { accounts, legacy: self.legacy },
            _ => Form::Ledger,
        }
    }
}

impl Order<'_> {
    fn is_bill(&self) -> bool {
        !matches!(self.form, Form::Ledger)
    }

    /// Writes the entries and says what was written. None: to standard output, whose reader has what it wanted and left.
    pub(super) fn fill(
        &self,
        entries: &dyn Entries,
        zone: &Zone,
        prices: &PriceOverrides,
        shop: &Shop<'_>,
    ) -> Result<Option<Written>> {
        let Self { target, ref form, file_type, granularity } = *self;
        let job = Job { form, file_type, granularity, zone, prices };
        if target.is_stdout() {
            let mut stream = print::Stream::default();
            let written = export::write(entries, &job, &mut stream, Path::new("standard output"));
            if written.is_err() && stream.reader_left() {
                return Ok(None);
            }
            return written.map(Some);
        }
        let path = shop.world.cwd().join(&target.output);
        let mut file = Replacement::begin(&path, PRIVATE_FILE)?;
        let written = export::write(entries, &job, &mut file, &path)?;
        file.finish()?;
        if !shop.json {
            let (path, amount) = (target.output.display().to_string(), written.sum.cost.show());
            let told =
                say!(shop.out.language, "export-written", path = path, rows = written.rows, amount = amount);
            shop.say(&(told + "\n"))?;
        }
        Ok(Some(written))
    }
}

fn warn_of_bad_lines(shop: &Shop<'_>, written: &Written) {
    if !written.bad.is_empty() {
        let told = say!(shop.err.language, "export-bad-lines", lines = written.bad.len());
        print::warning(&shop.err, &told);
    }
}
