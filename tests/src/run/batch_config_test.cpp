#include "src/run/batch_config.hpp"

#include <gtest/gtest.h>

#include "src/errors.hpp"

namespace sslslr {
namespace {

TEST(BatchConfig, AGlobalBatchOfNothingIsRefusedBeforeAnythingIsDividedByIt) {
    for (const std::int64_t batch : {0, -1}) {
        PretrainOptions options;
        options.global_batch = batch;

        EXPECT_THROW(batch_config_of(options), ConfigError);
        EXPECT_THROW(check_batches(options, 10), ConfigError);
    }
}

}  // namespace
}  // namespace sslslr
