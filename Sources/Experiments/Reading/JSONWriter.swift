extension JSONNode {
  /// Strict JSON in one fixed form: two spaces of indentation, keys in the order given, numbers as they
  /// stand, UTF-8 unescaped except quotes, backslashes and control characters, one line feed at the end.
  ///
  ///     let node: JSONNode = ["horizon": "2d"]
  ///     node.canonicalBytes   // { "horizon": "2d" } on three lines
  ///
  /// Equal trees give equal bytes, so these bytes can be hashed; parsing them gives back an equal tree.
  package var canonicalBytes: [UInt8] {
    var output: [UInt8] = []
    write(to: &output, indentation: 0)
    output.append(UInt8(ascii: "\n"))
    return output
  }

  private func write(to output: inout [UInt8], indentation: Int) {
    switch content {
    case .null: output += "null".utf8
    case .bool(let value): output += (value ? "true" : "false").utf8
    case .number(let text): output += text.utf8
    case .string(let text): writeString(text, to: &output)
    case .array(let elements):
      guard !elements.isEmpty else { return output += "[]".utf8 }
      output.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        startLine(in: &output, isFirst: index == 0, indentation: indentation + 2)
        element.write(to: &output, indentation: indentation + 2)
      }
      endLine(in: &output, indentation: indentation)
      output.append(UInt8(ascii: "]"))
    case .object(let members):
      guard !members.isEmpty else { return output += "{}".utf8 }
      output.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        startLine(in: &output, isFirst: index == 0, indentation: indentation + 2)
        writeString(member.key, to: &output)
        output += ": ".utf8
        member.value.write(to: &output, indentation: indentation + 2)
      }
      endLine(in: &output, indentation: indentation)
      output.append(UInt8(ascii: "}"))
    }
  }
}

private func startLine(in output: inout [UInt8], isFirst: Bool, indentation: Int) {
  if !isFirst { output.append(UInt8(ascii: ",")) }
  endLine(in: &output, indentation: indentation)
}

private func endLine(in output: inout [UInt8], indentation: Int) {
  output.append(UInt8(ascii: "\n"))
  output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indentation))
}

private func writeString(_ text: String, to output: inout [UInt8]) {
  output.append(UInt8(ascii: "\""))
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "\""): output += "\\\"".utf8
    case UInt8(ascii: "\\"): output += "\\\\".utf8
    case UInt8(ascii: "\n"): output += "\\n".utf8
    case UInt8(ascii: "\r"): output += "\\r".utf8
    case UInt8(ascii: "\t"): output += "\\t".utf8
    case 0..<0x20: output += "\\u00\(hexadecimal(byte))".utf8
    default: output.append(byte)
    }
  }
  output.append(UInt8(ascii: "\""))
}
