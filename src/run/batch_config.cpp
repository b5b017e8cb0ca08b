#include "src/run/batch_config.hpp"

#include <numeric>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/augment/wrist_motion.hpp"
#include "src/errors.hpp"

namespace sslslr {

BatchConfig batch_config_of(const PretrainOptions& options, const Features& features) {
    BatchConfig config{options.global_batch, options.seed, augmentation_of(options)};
    const bool permutes = options.augmentation == "boundary" || options.augmentation == "both";
    if (options.boundary != "fixed" && !permutes) {
        throw ConfigError{fmt::format(
            "{}: {} permutes no frames: leave the boundary out, or choose boundary or both",
            io::setting("boundary", options.boundary), io::setting("augmentation", options.augmentation))};
    }
    if (options.boundary == "adaptive") {
        std::vector<std::int64_t> clips(static_cast<std::size_t>(features.clips()));
        std::iota(clips.begin(), clips.end(), std::int64_t{0});
        config.boundaries = wrist_motion_boundaries(features, clips);
    }
    return config;
}

}  // namespace sslslr
