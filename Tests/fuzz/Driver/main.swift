import ConfigTarget

// Runs the target under libFuzzer, whose options stand on the command line (llvm.org/docs/LibFuzzer.html).

@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<Int8>?>>,
  _ target: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

var count = CommandLine.argc
var words = CommandLine.unsafeArgv
let code = runDriver(&count, &words) { bytes, length in
  fuzzConfig(UnsafeBufferPointer(start: bytes, count: length))
  return 0
}
precondition(code == 0, "libFuzzer ends with \(code)")
