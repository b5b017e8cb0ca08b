// Started under mpirun by jobs_test.cpp. `job bits FIRST_STEP` trains; in the other roles ranks fail or hang.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <torch/types.h>
#include <unistd.h>
#include <xxhash.h>

#include "dist/activity.hpp"
#include "dist/gradient_reducer.hpp"
#include "dist/group.hpp"
#include "dist/mpi_session.hpp"
#include "dist/shared_memory.hpp"
#include "tests/dist/small_model.hpp"

namespace sslslr::dist {
namespace {

using namespace std::chrono_literals;

XXH64_hash_t bits_of_gradients(const SmallModel& model) {
    XXH64_hash_t bits = 0;
    for (const auto& parameter : model.parameters()) {
        bits = XXH64(parameter.grad().data_ptr(), parameter.grad().nbytes(), bits);
    }
    return bits;
}

/// Prints a hash of the gradients of each step from first_step to 5, after a discarded backward. Collective.
void print_bits(Group& group, int first_step) {
    const SmallModel model{layers, at::kFloat};
    GradientReducer reducer{model.parameters(), group, {.bucket_bytes = small_bucket}};
    const auto backward = [&](int step) {
        torch::manual_seed(static_cast<std::uint64_t>(100 * step + group.rank()));
        for (int micro_batch = 0; micro_batch < (group.rank() + step) % 3; ++micro_batch) {
            reducer.accumulate(model.summed_loss(torch::randn({2, SmallModel::width}), layers));
        }
        reducer.backward_and_sum(model.summed_loss(torch::randn({3, SmallModel::width}), layers));
    };
    backward(99);
    for (int step = first_step; step <= 5; ++step) {
        backward(step);
        if (group.rank() == 0) {
            std::printf("step %d %016llx\n", step, static_cast<unsigned long long>(bits_of_gradients(model)));
        }
    }
}

/// Three reductions. Before the third, `fault` happens on the last rank, and rank 1 is late.
void reduce_with_fault(Group& group, const std::function<void()>& fault) {
    for (int number = 1; number <= 3; ++number) {
        if (number == 3 && group.rank() == group.size() - 1) {
            enter_step(7);
            fault();
        }
        if (number == 3 && group.rank() == 1) {
            std::this_thread::sleep_for(1200ms);
        }
        group.all_reduce_sum(torch::ones({1000}));
    }
}

/// The last rank is late for a reduction because all ranks are suspended while the others wait for it. A
/// process that is not suspended continues them.
void reduce_across_a_suspension(Group& group) {
    std::vector<int> pids;
    for (const auto& pid : group.communicator().all_gather(std::to_string(getpid()))) {
        pids.push_back(std::stoi(pid));
    }
    if (group.rank() == group.size() - 1) {
        if (fork() == 0) {
            std::this_thread::sleep_for(300ms);
            std::ranges::for_each(pids, [](int pid) { kill(pid, SIGSTOP); });
            std::this_thread::sleep_for(4s);
            std::ranges::for_each(pids, [](int pid) { kill(pid, SIGCONT); });
            std::_Exit(EXIT_SUCCESS);
        }
        for (int slice = 0; slice < 10; ++slice) {
            std::this_thread::sleep_for(100ms);  // one slice spans the suspension
        }
    }
    group.all_reduce_sum(torch::ones({1000}));
    group.communicator().barrier();
}

void hang() {
    for (;;) {
        std::this_thread::sleep_for(1h);
    }
}

void say_started() {
    std::puts("started");
    std::fflush(stdout);
}

void play(const std::string& role, const std::string& argument) {
    if (role == "hang-apart") {
        const auto world = Communicator::world();
        const Group alone{world.split(world.rank()), at::kCPU};
        world.barrier();
        if (world.rank() == 0) {
            say_started();
        }
        hang();
    }
    Group group{Communicator::world(), at::kCPU, {.hang_timeout = role.ends_with("freezes") ? 1min : 3s}};
    group.expect_progress(role != "leaves" && role != "pauses");
    if (group.rank() == 0) {
        say_started();
    }
    if (role == "bits") {
        print_bits(group, std::stoi(argument));
    } else if (role == "is-killed") {
        reduce_with_fault(group, [] { std::raise(SIGKILL); });
    } else if (role == "throws") {
        reduce_with_fault(group, [] { throw std::runtime_error{"clip 17 unreadable"}; });
    } else if (role == "hangs") {
        reduce_with_fault(group, hang);
    } else if (role == "freezes") {
        reduce_with_fault(group, [] { std::raise(SIGSTOP); });
    } else if (role == "first-freezes") {
        if (group.rank() == 0) {
            std::raise(SIGSTOP);
        }
        group.all_reduce_sum(torch::ones({1000}));
    } else if (role == "mismatch") {
        enter_step(7);
        if (group.rank() == 1) {
            group.communicator().barrier();
        }
        group.all_reduce_sum(torch::ones({1000}));
    } else if (role == "is-suspended") {
        reduce_across_a_suspension(group);
    } else if (role == "hang-together") {
        hang();
    } else if (role == "pauses") {
        if (group.rank() == 1) {
            std::this_thread::sleep_for(7s);  // no progress is expected
        }
        group.communicator().barrier();
    } else if (role == "leaves") {
        const SharedMemory memory{group.communicator(), 8};
        if (group.rank() == group.size() - 1) {
            group.start_all_reduce_sum(torch::ones({1000}));  // no other rank joins it
            throw std::runtime_error{"clip 17 unreadable"};
        }
    }
}

}  // namespace
}  // namespace sslslr::dist

int main(int argc, char** argv) {
    const sslslr::dist::MpiSession session{argc, argv};
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    try {
        sslslr::dist::play(argv[1], argc > 2 ? argv[2] : "");
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "error on rank %d: %s\n", rank, error.what());
    }
    sslslr::dist::abort_job(4);
}
