// A damaged store ends a job on two ranks with one error and exit code 3, soon.
#include <fstream>

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
    // Every eighth byte of what the header holds, and the start of the HDF5 file behind it.
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

}  // namespace
}  // namespace sslslr::test
