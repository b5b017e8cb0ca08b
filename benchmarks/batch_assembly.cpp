// How fast batches of preprocessed clips are assembled in each of the ways in which training gets them.
//
// usage: batch_assembly STORE.h5 resident|plain|streamed CLIPS BATCH
//
// resident: gathered from features in memory. plain: read from the store and preprocessed on demand.
// streamed: the same in a thread that reads ahead. Visits at least CLIPS clips in the order of epochs after a
// warm-up pass over as many, and prints one JSON object: seconds of wall clock and of CPU (all threads), and
// the seconds that opening and loading took.
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>

#include "dist/mpi_session.hpp"
#include "src/data/epoch_order.hpp"
#include "src/data/gather.hpp"
#include "src/data/load_features.hpp"

namespace sslslr {
namespace {

struct Times {
    double wall = 0;
    double cpu = 0;
};

Times now() {
    using Seconds = std::chrono::duration<double>;
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return {Seconds{std::chrono::steady_clock::now().time_since_epoch()}.count(),
            seconds(usage.ru_utime) + seconds(usage.ru_stime)};
}

Times operator-(const Times& end, const Times& begin) {
    return {end.wall - begin.wall, end.cpu - begin.cpu};
}

/// The batches of a data set in the order of its epochs.
class Assembly {
public:
    Assembly(const Features& features, std::int64_t batch, bool ahead)
        : features_{features},
          batch_{std::min(batch, features.clips())},
          order_{epoch_order(0, 0, features.clips())},
          batches_{ahead ? features.ahead() : ReadAheadLimits{},
                   {.make = [this](std::int64_t number) { return made(number); },
                    .bytes_of = [](const PackedClips& clips) { return bytes_of(clips); }}} {}

    /// Takes batches until at least `clips` clips were seen.
    /// @return the number of clips seen, and a sum over values of every batch
    std::pair<std::int64_t, double> visit(std::int64_t clips) {
        std::int64_t seen = 0;
        double sum = 0;
        while (seen < clips) {
            const auto packed = batches_.take(next_++);
            seen += packed.clips();
            sum += packed.frames.const_data_ptr<float>()[packed.frames.numel() - 1];
        }
        return {seen, sum};
    }

private:
    PackedClips made(std::int64_t number) {
        const auto a_pass = features_.clips() / batch_;
        const auto first = static_cast<std::size_t>(number % a_pass * batch_);
        return gather(features_, std::span{order_}.subspan(first, static_cast<std::size_t>(batch_)));
    }

    const Features& features_;
    std::int64_t batch_;
    std::vector<std::int64_t> order_;
    std::int64_t next_ = 0;
    ReadAhead<PackedClips> batches_;
};

void measure(const std::string& file, const std::string& mode, std::int64_t clips, std::int64_t batch) {
    const auto world = dist::Communicator::world();
    const auto before = now();
    const auto store = io::ClipStore::open({file});
    const auto opened = now();
    Placement placement;
    if (mode != "resident") {
        placement.memory_limit = 0;
    }
    const auto loaded = load_features(store, {}, world, world, placement);
    const auto ready = now();
    Assembly assembly{loaded.features(), batch, mode == "streamed"};
    assembly.visit(clips);
    const auto start = now();
    const auto [seen, sum] = assembly.visit(clips);
    const auto took = now() - start;
    fmt::print(R"({{"clips": {}, "seconds": {:.6f}, "cpu_seconds": {:.6f}, "open_seconds": {:.4f}, )"
               R"("load_seconds": {:.4f}, "sum": {}}})"
               "\n",
               seen, took.wall, took.cpu, (opened - before).wall, (ready - opened).wall, sum);
}

}  // namespace
}  // namespace sslslr

int main(int argc, char** argv) {
    mallopt(M_MMAP_THRESHOLD, 1 << 30);  // as in the program itself
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    const sslslr::dist::MpiSession session{argc, argv};
    if (argc != 5) {
        fmt::print(stderr, "usage: batch_assembly STORE.h5 resident|plain|streamed CLIPS BATCH\n");
        return EXIT_FAILURE;
    }
    at::set_num_threads(1);
    sslslr::measure(argv[1], argv[2], std::stoll(argv[3]), std::stoll(argv[4]));
}
