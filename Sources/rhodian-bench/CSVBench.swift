import Experiments
import Glibc

/// Rows of a table: two integers and three doubles, formatted and handed to write(2) on /dev/null.
///
/// `printer`: what ships, `TableWriter` with our own printer. `description`: one byte buffer, but a String
/// for each value. `polars`: `write_csv` of the same numbers with one thread and with as many as there are
/// processors, when a Python with polars is found (RHODIAN_BENCH_PYTHON, else python3).
///
/// Both tables are then read back. All integers and all `price`s have to be the same bytes, and of `share`
/// and `spread` all from 0.0001 to 2^53. Elsewhere polars (2.1) writes `0.00001` and `1e-7` for our `1e-05`
/// and `1e-07`, and begins exponents at 1e+16; there every field has to be the same number.
func runCSVBench(_ options: [String]) -> Int32 {
  var rows = 500_000
  for option in options {
    guard option.hasPrefix("--rows="), let count = Int(option.dropFirst(7)), count > 0 else {
      printError("csv has no option \(option)\(suggestion(for: option, among: ["--rows=N"]))")
      return 64
    }
    rows = count
  }
  guard let folder = temporaryFolder() else {
    printError("no temporary folder could be made")
    return 73
  }
  defer { removeFolder(folder) }
  let numbers = BenchColumns(rows: rows)
  guard numbers.write(to: "\(folder)/columns"), let sink = BenchSink("/dev/null") else {
    printError("\(folder)/columns could not be written")
    return 74
  }
  let peer = CSVPeer(folder: folder, rows: rows)
  if peer == nil { printError("no python with polars; name one in RHODIAN_BENCH_PYTHON to have the peer") }

  var times: [(name: String, nanoseconds: [Double])] = [
    ("printer", []), ("description", []), ("polars, 1 thread", []), ("polars, all threads", []),
  ]
  // In turns, so that a slow spell of the machine hits all; medians of the turns.
  for turn in 0..<5 {
    for _ in 0..<3 {
      times[0].nanoseconds.append(timed { writeWithPrinter(numbers, to: sink) } / Double(rows))
    }
    times[1].nanoseconds.append(timed { writeWithDescription(numbers, to: sink) } / Double(rows))
    if let peer {
      for (row, threads) in [(2, "1"), (3, "\(sysconf(Int32(_SC_NPROCESSORS_ONLN)))")] {
        guard let answer = peer.nanoseconds(threads: threads, keepsTable: turn == 0) else {
          printError("the peer failed")
          return 70
        }
        times[row].nanoseconds += answer.map { $0 / Double(rows) }
      }
    }
  }

  guard let file = BenchSink("\(folder)/ours.csv") else { return 74 }
  writeWithPrinter(numbers, to: file)
  guard let ours = bytes(ofFile: "\(folder)/ours.csv") else { return 74 }
  print("row                    ns/row  M rows/s    MB/s  ratio to printer")
  let fastest = median(times[0].nanoseconds)
  for (name, nanoseconds) in times where !nanoseconds.isEmpty {
    let time = median(nanoseconds)
    print(
      name, String(repeating: " ", count: 20 - name.count), column(time, 9), column(1_000 / time, 10),
      column(Double(ours.count) / Double(rows) / time * 1_000, 8), column(time / fastest, 18), separator: "")
  }
  let expected = numbers.checksum
  let read = TableComparison(ours, ours)
  print("checksum of the numbers \(expected), of our table \(read.left)")
  guard peer != nil else { return read.left == expected ? 0 : 1 }
  guard let theirs = bytes(ofFile: "\(folder)/theirs.csv") else { return 74 }
  let comparison = TableComparison(ours, theirs)
  print("checksum of polars' table \(comparison.right)")
  for (name, same) in zip(["run", "seed", "share", "price", "spread"], comparison.sameBytes) {
    print("  \(name): the same bytes in \(same) of \(rows) rows")
  }
  let agrees = comparison.left == expected && comparison.right == expected && comparison.isExplained
  if !agrees { printError("the two tables do not hold the same numbers") }
  return agrees ? 0 : 1
}

private func timed(_ body: () -> Void) -> Double {
  let start = monotonicNanoseconds()
  body()
  return monotonicNanoseconds() - start
}

/// A checksum that depends on the order of the words.
private func mixed(_ checksum: UInt64, _ word: UInt64) -> UInt64 { (checksum ^ word) &* 0x100_0000_01B3 }

// MARK: The numbers

/// A run, a seed of 53 bits, a share in 0 ..< 1, a price of a few thousand, and a number of any size.
private struct BenchColumns {
  var run: [Int64] = []
  var seed: [Int64] = []
  var share: [Double] = []
  var price: [Double] = []
  var spread: [Double] = []

  init(rows: Int) {
    var random = SplitMix64(seed: 42)
    for row in 0..<rows {
      run.append(Int64(row + 1))
      seed.append(Int64(random.next() >> 11))
      share.append(Double(random.next() >> 11) * 0x1p-53)
      price.append(1_000 + 3_000 * (Double(random.next() >> 11) * 0x1p-53))
      let word = random.next()
      spread.append(
        Double(sign: .plus, exponent: Int(word & 127) - 60, significand: Double(word >> 11) * 0x1p-52))
    }
  }

  func write(to path: String) -> Bool {
    guard let sink = BenchSink(path) else { return false }
    for integers in [run, seed] { integers.withUnsafeBytes { sink.write($0) } }
    for doubles in [share, price, spread] { doubles.withUnsafeBytes { sink.write($0) } }
    return true
  }

  var checksum: UInt64 {
    var checksum: UInt64 = 0
    for row in run.indices {
      checksum = mixed(checksum, UInt64(bitPattern: run[row]))
      checksum = mixed(checksum, UInt64(bitPattern: seed[row]))
      for value in [share[row], price[row], spread[row]] { checksum = mixed(checksum, value.bitPattern) }
    }
    return checksum
  }
}

// MARK: The work

private let pieceSize = 256 << 10

private func writeWithPrinter(_ numbers: BenchColumns, to sink: BenchSink) {
  var table = TableWriter(
    ["run", "seed", "share", "price", "spread"].map { Column($0, .number, "a number") })
  for row in numbers.run.indices {
    table.add(numbers.run[row])
    table.add(numbers.seed[row])
    table.add(numbers.share[row])
    table.add(numbers.price[row])
    table.add(numbers.spread[row])
    table.endRow()
    if table.byteCount >= pieceSize { table.drain { sink.write($0) } }
  }
  table.drain { sink.write($0) }
}

private func writeWithDescription(_ numbers: BenchColumns, to sink: BenchSink) {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(pieceSize + 1_024)
  for row in numbers.run.indices {
    bytes += "\(numbers.run[row])".utf8
    bytes.append(0x2C)
    bytes += "\(numbers.seed[row])".utf8
    bytes.append(0x2C)
    bytes += "\(numbers.share[row])".utf8
    bytes.append(0x2C)
    bytes += "\(numbers.price[row])".utf8
    bytes.append(0x2C)
    bytes += "\(numbers.spread[row])".utf8
    bytes.append(0x0D)
    bytes.append(0x0A)
    if bytes.count >= pieceSize {
      bytes.withUnsafeBytes { sink.write($0) }
      bytes.removeAll(keepingCapacity: true)
    }
  }
  bytes.withUnsafeBytes { sink.write($0) }
}

// MARK: The peer

private struct CSVPeer {
  private let python: String
  private let folder: String
  private let rows: Int

  /// `nil` without a Python that has polars.
  init?(folder: String, rows: Int) {
    python = getenv("RHODIAN_BENCH_PYTHON").map { String(cString: $0) } ?? "python3"
    self.folder = folder
    self.rows = rows
    let question = "import importlib.util, sys; sys.exit(importlib.util.find_spec('polars') is None)"
    guard output(of: [python, "-c", question]) != nil else { return nil }
  }

  /// Times of three repeats; the first of a process, which warms it up, is left out.
  func nanoseconds(threads: String, keepsTable: Bool) -> [Double]? {
    var command = [python, peerSource("csv.py"), "\(folder)/columns", "\(rows)", threads, "4"]
    if keepsTable { command.append("\(folder)/theirs.csv") }
    guard let words = output(of: command)?.split(separator: "\n"), words.count == 5, words[0] == threads
    else { return nil }
    return words.dropFirst(2).compactMap { Double($0) }
  }
}

// MARK: Comparing

/// Two tables of the same five columns, field by field.
private struct TableComparison {
  private(set) var left: UInt64 = 0
  private(set) var right: UInt64 = 0
  private(set) var sameBytes = [0, 0, 0, 0, 0]
  /// Whether wherever bytes differ a number is outside of the range in which both write it without an
  /// exponent.
  private(set) var isExplained = true

  init(_ leftBytes: [UInt8], _ rightBytes: [UInt8]) {
    var (leftFields, rightFields) = (Fields(leftBytes), Fields(rightBytes))
    var column = 0
    while let leftField = leftFields.next(), let rightField = rightFields.next() {
      let isSame = leftField.elementsEqual(rightField)
      let word = TableComparison.word(leftField, column)
      left = mixed(left, word)
      right = mixed(right, isSame ? word : TableComparison.word(rightField, column))
      if isSame {
        sameBytes[column] += 1
      } else {
        let magnitude = column < 2 ? 1 : Double(bitPattern: word).magnitude
        if (0.0001...0x1p53).contains(magnitude) { isExplained = false }
      }
      column = (column + 1) % 5
    }
    if leftFields.next() != nil || rightFields.next() != nil || column != 0 { isExplained = false }
  }

  private static func word(_ field: ArraySlice<UInt8>, _ column: Int) -> UInt64 {
    let text = String(decoding: field, as: UTF8.self)
    return column < 2 ? UInt64(bitPattern: Int64(text) ?? -1) : (Double(text) ?? .nan).bitPattern
  }

  private struct Fields {
    private let bytes: [UInt8]
    private var start = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> ArraySlice<UInt8>? {
      guard start < bytes.count else { return nil }
      var end = start
      while end < bytes.count, bytes[end] != 0x2C, bytes[end] != 0x0D { end += 1 }
      let field = bytes[start..<end]
      start = end + (end < bytes.count && bytes[end] == 0x0D ? 2 : 1)
      return field
    }
  }
}

// MARK: Files

/// A file that is open for writing as long as somebody holds this.
private final class BenchSink {
  private let descriptor: Int32

  init?(_ path: String) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    if descriptor < 0 { return nil }
  }

  deinit { close(descriptor) }

  func write(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest)
      let count = Glibc.write(descriptor, piece.baseAddress, piece.count)
      precondition(count > 0, "a bench has room to write")
      rest = rest.dropFirst(count)
    }
  }
}

private func bytes(ofFile path: String) -> [UInt8]? {
  let descriptor = open(path, O_RDONLY)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { return nil }
  return [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
    while count < buffer.count {
      let read = read(descriptor, buffer.baseAddress! + count, buffer.count - count)
      guard read > 0 else { return }
      count += read
    }
  }
}
