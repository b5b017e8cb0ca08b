// A store that is damaged or overwritten while it is read ends a job soon with one error and exit code 3.
#include <chrono>
#include <fstream>
#include <functional>

#include "tests/launch/program.hpp"

namespace sslslr::test {
namespace {

class DamagedStoreJob : public ProgramTest {
protected:
    const std::filesystem::path store_ = asl9;

    void expect_refused(const std::filesystem::path& file, const std::string& what) const {
        const auto outcome = run(program(2, "pretrain --blocks 1 --width 16 --heads 2 --max-steps 1 --data " +
                                                file.string() + " --run " + (folder_ / "run").string()));
        EXPECT_EQ(outcome.exit_code, 3) << what << '\n' << outcome.output;
        EXPECT_EQ(outcome.count("sslslr: " + file.string()), 1) << what << '\n' << outcome.output;
    }
};

TEST_F(DamagedStoreJob, TruncatedAtFiftyPlaces) {
    const auto file = folder_ / "short.h5";
    const auto size = std::filesystem::file_size(store_);
    std::filesystem::copy_file(store_, file);
    for (std::uintmax_t place = 50; place-- > 0;) {
        std::filesystem::resize_file(file, size * place / 50);
        expect_refused(file, "at " + std::to_string(place) + "/50");
    }
}

TEST_F(DamagedStoreJob, AnyFieldOfTheHeaderCorrupted) {
    const auto file = folder_ / "flipped.h5";
    // Every eighth byte of the header's content, and every 64th of the first 512 bytes of HDF5 behind it.
    for (std::streamoff byte = 0; byte < 96 + 512; byte += byte < 96 ? 8 : 64) {
        const auto at = byte < 96 ? byte : byte - 96 + 512;
        std::filesystem::copy_file(store_, file, std::filesystem::copy_options::overwrite_existing);
        std::fstream bytes{file, std::ios::in | std::ios::out | std::ios::binary};
        bytes.seekg(at);
        const char old = static_cast<char>(bytes.get());
        bytes.seekp(at);
        bytes.put(static_cast<char>(old ^ 0x10));
        bytes.close();
        expect_refused(file, "byte " + std::to_string(at));
    }
}

using Damage = std::function<void(const std::filesystem::path&)>;

class OverwrittenStoreJob : public DamagedStoreJob {
protected:
    /// Trains on a streamed copy of the store, which `damage` changes after the first steps.
    void expect_refused_after(const Damage& damage, int ranks) const {
        using Steady = std::chrono::steady_clock;
        const auto file = folder_ / ("streamed-" + std::to_string(ranks) + ".h5");
        std::filesystem::copy_file(store_, file);
        // Ages the copy: with coarse file times, a write soon after the copy would go unnoticed.
        std::filesystem::last_write_time(
            file, std::filesystem::file_time_type::clock::now() - std::chrono::hours{1});
        Steady::time_point damaged;
        const auto outcome =
            run(program(ranks,
                        "pretrain --blocks 1 --width 16 --heads 2 --global-batch 50 --epochs 100000 "
                        "--memory-limit 0 --data " +
                            file.string() + " --run " + (folder_ / "run").string()),
                [&](const std::string& output) {
                    if (damaged == Steady::time_point{} && output.find("\nstep ") != std::string::npos) {
                        damage(file);
                        damaged = Steady::now();
                    }
                });

        EXPECT_LT(Steady::now() - damaged, std::chrono::seconds{20 * slowness});
        EXPECT_EQ(outcome.exit_code, 3) << outcome.output;
        EXPECT_EQ(outcome.count(file.string() + ": overwritten while it was in use"), 1) << outcome.output;
        std::filesystem::remove_all(folder_ / "run");
    }
};

TEST_F(OverwrittenStoreJob, AStoreThatIsShortened) {
    for (const int ranks : {1, 2}) {
        expect_refused_after([](const auto& file) { std::filesystem::resize_file(file, 100'000); }, ranks);
    }
}

TEST_F(OverwrittenStoreJob, AStoreThatAnotherOneIsCopiedOver) {
    const auto other = folder_ / "other.h5";
    ASSERT_EQ(run(program(1, "prepare --from synthetic --clips 900 --output " + other.string())).exit_code,
              0);
    for (const int ranks : {1, 2}) {
        expect_refused_after(
            [&](const auto& file) {
                const std::ifstream source{other, std::ios::binary};
                std::ofstream{file, std::ios::binary | std::ios::trunc} << source.rdbuf();
            },
            ranks);
    }
}

}  // namespace
}  // namespace sslslr::test
