/// Written by Reference/stream_values.py, which follows the definition of `RandomStreams` in other words.
enum StreamValues {
  static let borrower: UInt64 = 0x00002eb9fe4189d6
  static let child: UInt64 = 0x00001270167abac4
  static let birth: UInt64 = 0x0000d8e475f48d27
  static let reaction: UInt64 = 0x787c88ffdf18252c
  static let size: UInt64 = 0x2ee33b2304e1cc2c
}
