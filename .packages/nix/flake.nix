# `nix profile install "git+file:///path/to/this/repository?dir=.packages/nix"`: built from this source, the version and
# the dependencies being those of Cargo.toml and Cargo.lock.
{
  description = "Books every model call Claude Code makes, and stops the session at the budget";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixpkgs-unstable";

  outputs =
    { self, nixpkgs }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      forEach = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
      manifest = (nixpkgs.lib.importTOML ../../Cargo.toml).package;
    in
    {
      packages = forEach (pkgs: {
        default = pkgs.rustPlatform.buildRustPackage {
          pname = manifest.name;
          version = manifest.version;
          src = nixpkgs.lib.fileset.toSource {
            root = ../..;
            fileset = nixpkgs.lib.fileset.unions [
              ../../Cargo.toml
              ../../Cargo.lock
              ../../src
              ../../schema
              ../../tests
            ];
          };
          cargoLock.lockFile = ../../Cargo.lock;
          # The tests start shells, namespaces and the real client, which the sandbox has not; `tests/run` runs them.
          doCheck = false;
          nativeBuildInputs = [ pkgs.installShellFiles ];
          postInstall = ''
            installShellCompletion --cmd cost-hook \
              --bash <($out/bin/cost-hook completions bash) \
              --zsh <($out/bin/cost-hook completions zsh) \
              --fish <($out/bin/cost-hook completions fish)
            $out/bin/cost-hook man --output man1
            installManPage man1/*
          '';
          meta = {
            description = manifest.description;
            license = [
              pkgs.lib.licenses.mit
              pkgs.lib.licenses.asl20
            ];
            mainProgram = "cost-hook";
          };
        };
      });
    };
}
