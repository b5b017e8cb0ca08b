#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <boost/version.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <torch/version.h>
#include <unistd.h>

#include "dist/group.hpp"
#include "dist/host_name.hpp"
#include "dist/mpi_session.hpp"
#include "dist/shared_memory.hpp"
#include "io/file/counted.hpp"
#include "io/file/data_error.hpp"
#include "io/file/json_text.hpp"
#include "io/file/posix_file.hpp"
#include "io/hdf5/hdf5_version.hpp"
#include "launch/command.hpp"
#include "src/errors.hpp"
#include "src/settings/options.hpp"
#include "src/settings/program.hpp"

namespace sslslr {
namespace {

constexpr const char* doctor_usage =
    "usage: [mpirun -n N] sslslr doctor [OPTIONS]\n\n"
    "Checks this build and this machine, with its collectives and its disk, and says how to fix each\n"
    "problem. Exits with 4 if training is not possible.";

/// One line of the report. `fix` says how to fix a problem; it is empty if there is none.
struct Finding {
    std::string what;
    std::string found;
    std::string fix;
    bool prevents_work = false;  ///< training is not possible
};

double seconds_of(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Checks and times a sum over the ranks. Collective.
Finding collective_check(dist::Group& group) {
    constexpr std::int64_t count = 1 << 20;
    auto tensor = torch::full({count}, static_cast<float>(group.rank() + 1), group.device());
    group.all_reduce_sum(tensor);
    const auto sum = group.size() * (group.size() + 1) / 2;
    const auto expected = static_cast<float>(sum);
    const bool right = (tensor == expected).all().item<bool>();
    const double seconds = seconds_of([&] { group.all_reduce_sum(tensor); });
    return {"collective",
            right ? fmt::format("all-reduce of 4 MiB over {} ranks: correct, {:.1f} ms", group.size(),
                                seconds * 1e3)
                  : "all-reduce gave a wrong sum",
            right ? ""
                  : "the MPI (or NCCL) of this machine is broken or mixed: check that mpirun and the library "
                    "come from one build",
            !right};
}

/// Writes a file in the folder, syncs it and reads it back.
Finding disk_check(const std::filesystem::path& folder) {
    const auto path = folder / fmt::format(".sslslr-doctor-{}-{}", dist::host_name(), getpid());
    const std::string block(8 << 20, 'x');
    bool right = false;
    std::string problem = "the data read back differ from those written";
    const double seconds = seconds_of([&] {
        try {
            const io::PosixFile file{path, io::PosixFile::Access::create};
            file.write(0, std::as_bytes(std::span{block}));
            file.sync();
            std::string again(block.size(), ' ');
            file.read(0, std::as_writable_bytes(std::span{again}));
            right = again == block;
        } catch (const io::DataError& error) {
            problem = error.what();
        }
    });
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    const auto space = std::filesystem::space(folder, ignored);
    return {"disk",
            right ? fmt::format("{}: writable, 8 MiB in {:.0f} ms, {:.1f} GiB free", folder.string(),
                                seconds * 1e3, static_cast<double>(space.available) / (1 << 30))
                  : folder.string() + ": " + problem,
            right ? "" : "choose another --folder, or free space there", !right};
}

/// Checks that a file locked by rank 0 is locked for all others, as a study's ledger requires. Collective.
Finding lock_check(const std::filesystem::path& folder, const dist::Communicator& world) {
    const auto path = folder / ".sslslr-doctor-lock";
    std::string problem;
    const auto guarded = [&](const std::function<void()>& step) {
        try {
            step();
        } catch (const std::exception& error) {
            problem = error.what();
        }
    };
    std::optional<io::PosixFile> held;
    if (world.rank() == 0) {
        guarded([&] {
            held.emplace(path, io::PosixFile::Access::create);
            problem = held->try_lock() ? "" : "a new file is already locked";
        });
    }
    world.barrier();
    if (problem.empty()) {
        guarded([&] {
            const io::PosixFile other{path, io::PosixFile::Access::create};
            problem =
                other.try_lock() ? fmt::format("rank {} took a lock that rank 0 holds", world.rank()) : "";
        });
    }
    for (const auto& found : world.all_gather(problem)) {  // afterwards rank 0 may release the lock
        problem = problem.empty() ? found : problem;
    }
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    return {"locks",
            problem.empty()
                ? fmt::format("work in {} over {}", folder.string(), io::counted(world.size(), "rank"))
                : problem,
            problem.empty() ? ""
            : problem.find("cannot open") != std::string::npos
                ? "create the folder, or choose another --folder in which files can be written"
                : "studies need file locks: mount the file system with them (Lustre: -o flock; NFS: a lock "
                  "daemon), or choose another --folder"};
}

/// Reports how long Open MPI's mpirun takes to notice that a host is lost (see launch/shell/mpirun.sh).
Finding mpirun_check(const Ranks& ranks) {
    constexpr std::array<const char*, 3> names{"OMPI_MCA_oob_tcp_keepalive_time",
                                               "OMPI_MCA_oob_tcp_keepalive_intvl",
                                               "OMPI_MCA_oob_tcp_keepalive_probes"};
    std::array<int, names.size()> values{};
    for (std::size_t i = 0; i < names.size(); ++i) {
        const char* const value = std::getenv(names[i]);
        values[i] = value == nullptr ? 0 : std::atoi(value);
    }
    if (std::ranges::all_of(values, [](int value) { return value > 0; })) {
        return {"mpirun",
                fmt::format("notices a lost host after {} s and exits with 205",
                            values[0] + values[1] * values[2]),
                ""};
    }
    const bool needs_it =
        std::getenv("OMPI_COMM_WORLD_SIZE") != nullptr && ranks.node.size() < ranks.world.size();
    return {"mpirun",
            "notices a lost host only after about 15 minutes (OMPI_MCA_oob_tcp_keepalive_* are not set)",
            needs_it ? fmt::format("source launch/shell/mpirun.sh before mpirun, or export {}=1 {}=1 {}=3",
                                   names[0], names[1], names[2])
                     : ""};
}

/// Reports the memory in which ranks of a node share preprocessed clips (64 MiB by default in containers).
Finding shared_memory_check() {
    constexpr std::int64_t enough = std::int64_t{1} << 30;
    const auto space = dist::shared_memory_space();
    return {
        "shared", dist::describe(space),
        space.bytes < enough
            ? "several ranks of a node stream data sets that do not fit there, with the same results; for "
              "more space, start the container with --shm-size=8g or --ipc=host (Docker, Podman), or run as "
              "root: mount -o remount,size=8g /dev/shm"
            : ""};
}

std::vector<Finding> examine(const Ranks& ranks, const std::filesystem::path& folder) {
    dist::Group group{ranks.world.duplicate(), dist::default_device(ranks.node)};
    const auto cores = static_cast<std::int64_t>(sysconf(_SC_NPROCESSORS_ONLN));
    const bool crowded = ranks.node.size() > cores;
    return {{"sslslr", program_version(), ""},
            {"ranks",
             fmt::format("{} in all, {} on {} ({} cores)", ranks.world.size(), ranks.node.size(),
                         dist::host_name(), cores),
             crowded ? "more ranks than cores: they wait for each other; start fewer, or set "
                       "OMPI_MCA_mpi_yield_when_idle=1"
                     : ""},
            {"devices", dist::describe_devices(), ""},
            {"LibTorch",
             fmt::format("{}, {}, threads per rank: {}", TORCH_VERSION, at::get_cpu_capability(),
                         at::get_num_threads()),
             ""},
            {"MPI", dist::mpi_version(), ""},
            mpirun_check(ranks),
            {"HDF5", io::hdf5_version(), ""},
            {"Boost", fmt::format("{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000), ""},
            collective_check(group),
            shared_memory_check(),
            disk_check(folder),
            lock_check(folder, ranks.world)};
}

}  // namespace

int doctor(Arguments arguments, const Ranks& ranks) {
    std::string folder = ".";
    bool json = false;
    Options options{doctor_usage};
    options.section("Options");
    options.add("folder", folder, "folder to check: runs will be written there");
    options.add("json", json, "prints one JSON object instead of a table");
    if (!read_or_help(options, arguments, ranks)) {
        return exit_done;
    }
    const auto findings = examine(ranks, folder);
    const bool all_work = std::ranges::none_of(findings, &Finding::prevents_work);
    const int exit_code = all_work ? exit_done : exit_rank_failed;
    if (!ranks.is_first()) {
        for (const auto& finding : findings) {
            if (finding.prevents_work) {
                fmt::print(stderr, "sslslr: rank {} on {}: {} {}\n", ranks.world.rank(), dist::host_name(),
                           finding.what, finding.found);
            }
        }
        return exit_code;
    }
    nlohmann::json object;
    for (const auto& [what, found, fix, prevents_work] : findings) {
        object[what] = {{"found", found}, {"fix", fix}};
        if (!json) {
            fmt::print("{:<11} {}\n{}", what, found,
                       fix.empty() ? "" : fmt::format("{:<11} -> {}\n", "", fix));
        }
    }
    if (json) {
        fmt::print("{}\n", io::json_text(object, 2));
    }
    return exit_code;
}

}  // namespace sslslr
