#include "src/run/batch_config.hpp"

#include <numeric>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/augment/wrist_motion.hpp"
#include "src/errors.hpp"
#include "src/settings/words.hpp"

namespace sslslr {

BatchConfig batch_config_of(const PretrainOptions& options, const Features& features) {
    check_global_batch(options.global_batch);
    BatchConfig config{options.global_batch, options.seed, augmentation_of(options)};
    if (options.boundary != BoundaryKind::fixed && !permutes(options.augmentation)) {
        throw ConfigError{
            fmt::format("{}: {} permutes no frames: leave the boundary out, or choose the augmentation "
                        "boundary, both or skeleton-boundary",
                        io::setting("boundary", word_of(options.boundary)),
                        io::setting("augmentation", word_of(options.augmentation)))};
    }
    if (options.boundary == BoundaryKind::adaptive) {
        std::vector<std::int64_t> clips(static_cast<std::size_t>(features.clips()));
        std::iota(clips.begin(), clips.end(), std::int64_t{0});
        config.boundaries = wrist_motion_boundaries(features, clips);
    }
    return config;
}

BatchConfig agreed_batch_config(const PretrainOptions& options, const Features& features,
                                const dist::Group& group) {
    BatchConfig config;
    agree(group.communicator(), [&] { config = batch_config_of(options, features); });
    return config;
}

}  // namespace sslslr
