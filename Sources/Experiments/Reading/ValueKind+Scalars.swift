extension ValueKind where Value == Bool {
  package static func bool() -> ValueKind {
    scalar(ValueShape("boolean", "a boolean", allowed: "true, false"), placeholder: false) { node in
      if case .bool(let value) = node.content { return value }
      return nil
    }
  }
}

extension ValueKind where Value == JSONNode {
  /// Any value, kept as it is: for parts of a config read later, such as the values of a sweep.
  package static func json() -> ValueKind {
    scalar(ValueShape("json", "a value", allowed: "any value"), placeholder: .null) { $0 }
  }
}

extension ValueKind where Value == String {
  /// Free text.
  package static func text() -> ValueKind {
    scalar(ValueShape("text", "a string"), placeholder: "") { $0.text }
  }

  /// A name that can stand in a path, a file name and a CSV header: `[A-Za-z][A-Za-z0-9_.-]*`, at most 64
  /// long.
  package static func identifier() -> ValueKind {
    let allowed = "a letter, then letters, digits, `_`, `.` or `-`; at most 64 in all"
    return scalar(
      ValueShape("identifier", "an identifier", allowed: allowed), placeholder: ""
    ) { node throws(Refusal) in
      guard let text = node.text else { return nil }
      guard let first = text.utf8.first else { throw Refusal("an identifier cannot be empty") }
      guard isLetter(first) else { throw Refusal("an identifier begins with a letter") }
      guard text.utf8.allSatisfy(isOfIdentifier) else {
        throw Refusal("an identifier holds only letters, digits, `_`, `.` and `-`")
      }
      guard text.utf8.count <= 64 else {
        throw Refusal("an identifier has at most 64 characters; this one has \(text.utf8.count)")
      }
      return text
    }
  }

  /// One of the names in a list.
  package static func choice(of names: [String]) -> ValueKind {
    func shape() -> ValueShape {
      ValueShape("choice", "one of \(listed(names))", allowed: listed(names)).changed { $0.choices = names }
    }
    return scalar(shape(), placeholder: names.first ?? "") { node throws(Refusal) in
      guard let text = node.text else { return nil }
      guard names.contains(text) else {
        throw Refusal("unknown choice `\(shortened(text))`", suggestion: nearest(to: text, among: names))
      }
      return text
    }
  }

  /// The name of something declared elsewhere in the config.
  package static func reference(to declared: DeclaredNames) -> ValueKind {
    func shape() -> ValueShape {
      ValueShape("reference", "the id of \(declared.article) \(declared.noun)")
        .changed { $0.choices = declared.names }
    }
    return scalar(shape(), placeholder: "") { node throws(Refusal) in
      guard let text = node.text else { return nil }
      try declared.resolve(text)
      return text
    }
  }
}

extension ValueKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One case of an enum, by its raw value.
  package static func choice(_ type: Value.Type = Value.self) -> ValueKind {
    let cases = Array(Value.allCases)
    precondition(!cases.isEmpty, "an enum without cases cannot be chosen from")
    return converted(.choice(of: cases.map(\.rawValue))) { name in
      cases.first { $0.rawValue == name } ?? cases[0]
    }
  }
}

extension ValueKind where Value == Int64 {
  /// An exact integer.
  package static func integer(in bounds: Bounds<Int64> = .any) -> ValueKind {
    func shape() -> ValueShape {
      ValueShape("integer", "an integer", allowed: "an integer\(bounds.text { "\($0)" })")
        .bounded(by: bounds) { .integer($0) }
    }
    return scalar(shape(), placeholder: bounds.lower?.value ?? 0) { node throws(Refusal) in
      guard case .number(let text) = node.content else { return nil }
      guard !text.utf8.contains(UInt8(ascii: ".")) else {
        throw Refusal("expected an integer, found a fraction")
      }
      guard let value = Int64(text) else {
        let isBounded = bounds.lower != nil || bounds.upper != nil
        throw Refusal(
          "the integer is out of range",
          allowed: isBounded ? nil : "an integer from \(Int64.min) to \(Int64.max)")
      }
      guard bounds.contains(value) else { throw Refusal("the integer is out of range") }
      return value
    }
  }

  /// Microseconds, written as a duration: `"12s"`, `"1d6h"`.
  package static func duration(in bounds: Bounds<Int64> = .any) -> ValueKind {
    func shape() -> ValueShape {
      let range = bounds.text(durationText)
      let allowed = range.isEmpty ? durationForm : "a duration\(range)"
      return ValueShape("duration", "a duration", allowed: allowed, unit: "microseconds")
        .bounded(by: bounds) { .string(durationText($0)) }
    }
    return scalar(shape(), placeholder: bounds.lower?.value ?? 0) { node throws(Refusal) in
      guard let text = node.text else {
        if case .number = node.content {
          throw Refusal("a duration needs a unit and double quotes", allowed: durationForm)
        }
        return nil
      }
      let value: Int64
      do throws(Refusal) {
        value = try microseconds(ofDuration: text)
      } catch {
        throw Refusal(error.message, allowed: error.allowed ?? durationForm)
      }
      guard bounds.contains(value) else { throw Refusal("the duration is out of range") }
      return value
    }
  }
}

extension ValueKind where Value == Int {
  /// How many of something.
  package static func count(in bounds: Bounds<Int64> = .from(0)) -> ValueKind {
    converted(.integer(in: bounds)) { Int($0) }
  }
}

extension ValueKind where Value == Double {
  /// A finite number; the Double nearest to the decimal written.
  package static func number(in bounds: Bounds<Double> = .any, unit: String? = nil) -> ValueKind {
    func shape() -> ValueShape {
      let allowed = "a number\(bounds.text { plainDecimal($0) })\(unit.map { " (\($0))" } ?? "")"
      return ValueShape("number", "a number", allowed: allowed, unit: unit)
        .bounded(by: bounds) { .number($0) }
    }
    return scalar(shape(), placeholder: bounds.lower?.value ?? 0) { node throws(Refusal) in
      guard case .number(let text) = node.content else { return nil }
      guard let value = finiteDouble(text), bounds.contains(value) else {
        throw Refusal("the number is out of range")
      }
      return value
    }
  }

  /// A share of one, written `"35%"` or `0.35`: both give the Double nearest to 0.35.
  package static func ratio(in bounds: Bounds<Double> = .any) -> ValueKind {
    func shape() -> ValueShape {
      let range = bounds.text { plainDecimal($0, shift: 2) + "%" }
      return ValueShape("ratio", "a ratio", allowed: "a ratio\(range), such as \"35%\" or 0.35", unit: "1")
        .bounded(by: bounds) { .string(plainDecimal($0, shift: 2) + "%") }
    }
    return scalar(shape(), placeholder: bounds.lower?.value ?? 0) { node throws(Refusal) in
      let decimal: String
      switch node.content {
      case .number(let text): decimal = text
      case .string(let text):
        guard text.hasSuffix("%"), DecimalText(text.dropLast()) != nil else {
          throw Refusal("this is not a percentage", allowed: "a ratio such as \"35%\", \"-0.5%\" or 0.35")
        }
        decimal = "\(text.dropLast())e-2"
      default: return nil
      }
      guard let value = finiteDouble(decimal), bounds.contains(value) else {
        throw Refusal("the ratio is out of range")
      }
      return value
    }
  }
}

extension ValueKind {
  /// A string with a grammar of its own, such as the seeds `"1..100"`.
  package static func parsed(
    _ noun: String, allowed: String, placeholder: Value, _ parse: @escaping (String) throws(Refusal) -> Value
  ) -> ValueKind {
    scalar(ValueShape("text", noun, allowed: allowed), placeholder: placeholder) { node throws(Refusal) in
      guard let text = node.text else { return nil }
      return try parse(text)
    }
  }
}

/// The Double nearest to a decimal, with one zero; nil if it would be infinite.
private func finiteDouble(_ text: String) -> Double? {
  guard let value = Double(text), value.isFinite else { return nil }
  return value == 0 ? 0 : value
}

private func isOfIdentifier(_ byte: UInt8) -> Bool {
  isLetter(byte) || isDigit(byte) || "_.-".utf8.contains(byte)
}

/// Whether a text is what `identifier()` takes.
func isIdentifier(_ text: String) -> Bool {
  text.utf8.first.map(isLetter) == true && text.utf8.count <= 64 && text.utf8.allSatisfy(isOfIdentifier)
}
