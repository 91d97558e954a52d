// The hold model (Jones, "An empirical comparison of priority-queue and event-set implementations", CACM 29, 1986)
// with std::priority_queue: take the first entry, put one back later. Entries are 16 bytes. The second word is the
// order of arrival, which breaks ties, as it must for a simulation to be reproducible.
//
// usage: peer-queue <entries> <holds>      prints: nanoseconds per hold, checksum of the order

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <queue>
#include <vector>
#include <time.h>

struct Entry {
  uint64_t key, sequence;
};

struct GoesLater {
  bool operator()(const Entry &a, const Entry &b) const {
    return a.key != b.key ? a.key > b.key : a.sequence > b.sequence;
  }
};

static uint64_t state = 42;

static inline uint64_t next() {
  state += 0x9E3779B97F4A7C15ull;
  uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

// Uniform over 24 s; one in eight falls on the next whole second, where many meet.
static inline uint64_t later(uint64_t now, uint64_t word) {
  uint64_t time = now + (word >> 8) % 24000000;
  return (word & 7) == 0 ? (time / 1000000 + 1) * 1000000 : time;
}

static double nanoseconds() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc != 3) return 64;
  long entries = atol(argv[1]), holds = atol(argv[2]);
  std::priority_queue<Entry, std::vector<Entry>, GoesLater> queue;
  uint64_t sequence = 0, checksum = 0;
  for (long i = 0; i < entries; i++) queue.push({later(0, next()) << 4, sequence++});
  auto hold = [&] {
    Entry entry = queue.top();
    queue.pop();
    checksum = (checksum ^ entry.sequence) * 0x100000001B3ull;
    queue.push({later(entry.key >> 4, next()) << 4, sequence++});
  };
  for (long i = 0; i < entries; i++) hold();
  double start = nanoseconds();
  for (long i = 0; i < holds; i++) hold();
  printf("%.3f %llu\n", (nanoseconds() - start) / holds, (unsigned long long)checksum);
}
