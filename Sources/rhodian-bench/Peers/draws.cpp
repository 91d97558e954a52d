// Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, SC 2011) written out plainly, and the normal numbers of the C++
// library. Counters are 0, 1, 2, …; of each block the first two words make one of 64 bits.
//
// usage: peer-draws <count>    prints: nanoseconds a word, xor of the words, nanoseconds a normal number, their mean

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <time.h>

static double nanoseconds() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

static uint64_t word(uint32_t number) {
  uint32_t c[4] = {number, 0, 0, 0};
  uint32_t k[2] = {42, 7};
  for (int round = 0; round < 10; ++round) {
    uint64_t p = uint64_t(0xD2511F53u) * c[0], q = uint64_t(0xCD9E8D57u) * c[2];
    uint32_t next[4] = {uint32_t(q >> 32) ^ c[1] ^ k[0], uint32_t(q), uint32_t(p >> 32) ^ c[3] ^ k[1], uint32_t(p)};
    for (int i = 0; i < 4; ++i) c[i] = next[i];
    k[0] += 0x9E3779B9u;
    k[1] += 0xBB67AE85u;
  }
  return uint64_t(c[0]) | uint64_t(c[1]) << 32;
}

int main(int argc, char **argv) {
  if (argc != 2) return 64;
  uint32_t count = strtoul(argv[1], nullptr, 10);
  double start = nanoseconds();
  uint64_t sum = 0;
  for (uint32_t i = 0; i < count; ++i) sum ^= word(i);
  double words = (nanoseconds() - start) / count;
  std::mt19937_64 engine(42);
  std::normal_distribution<double> normal;
  start = nanoseconds();
  double total = 0;
  for (uint32_t i = 0; i < count; ++i) total += normal(engine);
  printf("%.3f %llu %.3f %.6f\n", words, (unsigned long long)sum, (nanoseconds() - start) / count, total / count);
}
