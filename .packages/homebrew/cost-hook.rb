# Homebrew's formula. `.packages/homebrew/build` puts in what stands between `@`: it is a release's version, the
# repository's address, and the checksums of the release's archives.
class CostHook < Formula
  desc "@DESCRIPTION@"
  homepage "@REPOSITORY@"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "@REPOSITORY@/releases/download/v@VERSION@/cost-hook-aarch64-apple-darwin.tar.xz"
      sha256 "@SHA256 aarch64-apple-darwin@"
    end
    on_intel do
      url "@REPOSITORY@/releases/download/v@VERSION@/cost-hook-x86_64-apple-darwin.tar.xz"
      sha256 "@SHA256 x86_64-apple-darwin@"
    end
  end

  on_linux do
    on_arm do
      url "@REPOSITORY@/releases/download/v@VERSION@/cost-hook-aarch64-unknown-linux-musl.tar.xz"
      sha256 "@SHA256 aarch64-unknown-linux-musl@"
    end
    on_intel do
      url "@REPOSITORY@/releases/download/v@VERSION@/cost-hook-x86_64-unknown-linux-musl.tar.xz"
      sha256 "@SHA256 x86_64-unknown-linux-musl@"
    end
  end

  def install
    bin.install "cost-hook"
    generate_completions_from_executable(bin/"cost-hook", "completions", shells: [:bash, :zsh, :fish])
    system bin/"cost-hook", "man", "--output", "man1"
    man1.install Dir["man1/*"]
  end

  # `install` registers the link in `opt`, which is the next version's as well.
  def caveats
    <<~EOS
      To add the hooks to Claude Code's settings:
        cost-hook install
    EOS
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/cost-hook --version")
    input = '{"session_id":"s","transcript_path":"/none.jsonl","cwd":"/","hook_event_name":"Stop"}'
    pipe_output("#{bin}/cost-hook hook", input, 0)
  end
end
