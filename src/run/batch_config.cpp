#include "src/run/batch_config.hpp"

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/settings/words.hpp"

namespace sslslr {

BatchConfig batch_config_of(const PretrainOptions& options) {
    check_global_batch(options.global_batch);
    BatchConfig config{options.global_batch, options.seed, augmentation_of(options)};
    if (options.boundary != BoundaryKind::fixed && !permutes(options.augmentation)) {
        throw ConfigError{
            fmt::format("{}: {} permutes no frames: leave the boundary out, or choose the augmentation "
                        "boundary, both or skeleton-boundary",
                        io::setting("boundary", word_of(options.boundary)),
                        io::setting("augmentation", word_of(options.augmentation)))};
    }
    return config;
}

BatchConfig agreed_batch_config(const PretrainOptions& options, const dist::Group& group) {
    BatchConfig config;
    agree(group.communicator(), [&] { config = batch_config_of(options); });
    return config;
}

}  // namespace sslslr
