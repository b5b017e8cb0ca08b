#include "io/file/metrics_file.hpp"

#include <csignal>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include "io/file/data_error.hpp"
#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

class MetricsFileTest : public testing::Test {
protected:
    std::vector<std::int64_t> steps() const {
        std::vector<std::int64_t> found;
        for (const auto& row : read_metrics(path_)) {
            found.push_back(row["step"]);
        }
        return found;
    }

    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "metrics.jsonl";
};

TEST_F(MetricsFileTest, GoesOnBehindTheStepThatIsGivenAndDropsATornRow) {
    {
        MetricsFile file{path_, 0};
        for (int step = 1; step <= 5; ++step) {
            file.append({{"step", step}, {"loss", 0.5 * step}});
        }
    }
    std::ofstream{path_, std::ios::app} << R"({"step": 6, "lo)";

    MetricsFile{path_, 3}.append({{"step", 4}, {"loss", 9}});

    EXPECT_EQ(steps(), (std::vector<std::int64_t>{1, 2, 3, 4}));
    EXPECT_EQ(read_metrics(path_).back()["loss"], 9);
}

TEST_F(MetricsFileTest, ARowWithoutItsLineEndIsTorn) {
    std::ofstream{path_} << "{\"step\": 1}\n{\"step\": 2}";

    MetricsFile{path_, 2}.append({{"step", 3}});

    EXPECT_EQ(steps(), (std::vector<std::int64_t>{1, 3}));
}

TEST_F(MetricsFileTest, RowsThatFindNoSpaceComeLaterWholeAndInOrder) {
    const auto write_beyond_the_limit = [this] {
        std::signal(SIGXFSZ, SIG_IGN);
        MetricsFile file{path_, 0};
        file.append({{"step", 1}});
        rlimit limit{};
        ::getrlimit(RLIMIT_FSIZE, &limit);
        const auto before = limit.rlim_cur;
        limit.rlim_cur = 17;  // within the second row
        ::setrlimit(RLIMIT_FSIZE, &limit);
        for (int step = 2; step <= 3; ++step) {
            if (error_of([&] { file.append({{"step", step}}); }) == "no DataError") {
                std::exit(1);
            }
        }
        limit.rlim_cur = before;
        ::setrlimit(RLIMIT_FSIZE, &limit);
        file.append({{"step", 4}});
        std::exit(steps() == std::vector<std::int64_t>{1, 2, 3, 4} ? 0 : 2);
    };

    EXPECT_EXIT(write_beyond_the_limit(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace sslslr::io::test
