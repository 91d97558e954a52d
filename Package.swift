// swift-tools-version: 6.1
// Rhodian: a simulator of who pays when a DeFi protocol is left with bad debt.
// Dependencies point one way only: Kernel <- Ledger <- Economy <- Experiments <- Report <- rhodian.

import PackageDescription

let package = Package(
  name: "rhodian",
  products: [
    .executable(name: "rhodian", targets: ["rhodian"]),
    .library(name: "RhodianEngine", targets: ["Kernel", "Ledger", "Economy", "Experiments"]),
  ],
  targets: [
    .target(name: "Kernel"),
    .target(name: "Ledger", dependencies: ["Kernel"]),
    .target(name: "Economy", dependencies: ["Kernel", "Ledger"]),
    .target(name: "Experiments", dependencies: ["Kernel", "Ledger", "Economy"]),
    .target(name: "Report", dependencies: ["Kernel", "Ledger", "Economy", "Experiments"]),
    .executableTarget(name: "rhodian", dependencies: ["Experiments", "Report"]),
    .executableTarget(
      name: "rhodian-bench",
      dependencies: ["Kernel", "Ledger", "Economy", "Experiments"],
      exclude: ["Peers"]),
    .executableTarget(
      name: "rhodian-fuzz", dependencies: ["Kernel", "Ledger", "Economy", "Experiments", "ReferenceWorlds"]),

    // Random worlds and a second, naive engine to hold the real one against: for tests and fuzzing only.
    .target(
      name: "ReferenceWorlds", dependencies: ["Kernel", "Ledger", "Economy"], path: "Tests/ReferenceWorlds"),

    .testTarget(name: "KernelTests", dependencies: ["Kernel"], exclude: ["Reference"]),
    .testTarget(name: "LedgerTests", dependencies: ["Kernel", "Ledger"]),
    .testTarget(name: "EconomyTests", dependencies: ["Kernel", "Ledger", "Economy", "ReferenceWorlds"]),
    .testTarget(name: "ExperimentsTests", dependencies: ["Kernel", "Ledger", "Economy", "Experiments"]),
    .testTarget(
      name: "ConformanceTests",
      dependencies: ["Kernel", "Ledger", "Economy", "Experiments", "ReferenceWorlds"]),
    .testTarget(name: "ReportTests", dependencies: ["Report"]),
    .testTarget(name: "CommandLineTests", dependencies: ["Experiments", "rhodian"]),
    .testTarget(name: "TidyTests", dependencies: ["Experiments"]),
  ],
  swiftLanguageModes: [.v6]
)

// With RHODIAN_LIBFUZZER=1, the reader of configs under libFuzzer (Tests/fuzz/run.sh): what is read is
// compiled with coverage, so that ordinary builds see none of this.
if Context.environment["RHODIAN_LIBFUZZER"] == "1" {
  let covered: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])]
  for target in package.targets where target.name == "Experiments" { target.swiftSettings = covered }
  package.targets += [
    .target(
      name: "ConfigTarget", dependencies: ["Experiments"], path: "Tests/fuzz/ConfigTarget",
      swiftSettings: covered),
    .executableTarget(
      name: "rhodian-libfuzzer", dependencies: ["ConfigTarget"], path: "Tests/fuzz/Driver"),
  ]
}
