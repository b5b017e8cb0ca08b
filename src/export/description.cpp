#include "src/export/description.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/data/points.hpp"
#include "src/errors.hpp"
#include "src/settings/word_json.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

using json = nlohmann::json;

std::vector<std::string> feature_names(const FeatureLayout& layout) {
    static const std::vector<std::string> axes{"x", "y", "z"};
    std::vector<std::string> names;
    for (const auto& point : layout.points) {
        for (std::int64_t coordinate = 0; coordinate < layout.coordinates; ++coordinate) {
            names.push_back(point + "." + axes[static_cast<std::size_t>(coordinate)]);
        }
    }
    if (layout.flags > 0) {
        for (const auto& part : parts_of(layout.points)) {
            names.push_back(part.name + ".is_detected");
        }
    }
    return names;
}

std::vector<std::string> steps_of(const PreprocessConfig& config) {
    std::vector<std::string> steps{
        "Take the points named by features, in that order, with their coordinates as the store has them "
        "(x to the right and y downwards, both as shares of the image for MediaPipe's landmarks). A "
        "value that is not finite or beyond 10^6 in magnitude is not detected.",
        "Coordinate by coordinate: replace every value that is not detected, linearly in time between "
        "the frames before and after it in which that coordinate is detected, at the ends by the nearest "
        "such frame. A coordinate that is never detected stays so."};
    if (config.smooth) {
        steps.emplace_back(
            "Smooth each coordinate over time by a Savitzky-Golay filter of window 7 and degree 2; the "
            "first and last three values are those of the parabola fitted to the first or last seven "
            "frames. Clips of fewer than seven frames stay.");
    }
    if (config.normalise) {
        steps.emplace_back(
            "Subtract the midpoint of pose.left_shoulder and pose.right_shoulder and divide by their "
            "distance in x and y, both averaged over the clip's frames; z is centred and divided alike. "
            "Where a shoulder is never detected in the clip, but wrist and middle_finger_mcp of a hand "
            "are: subtract the mean of the points of both hands that are ever detected, over points and "
            "frames, and divide by the palm size, the distance in x and y of wrist and "
            "middle_finger_mcp, averaged over the frames and then over the hands. Without either: "
            "subtract the mean of all points that are ever detected, coordinate by coordinate, and do "
            "not divide; this mean also serves for a coordinate that shoulders or hands lack. A distance "
            "below 10^-6 is taken as 1.");
    }
    steps.push_back(
        config.shorten == Shortening::resample
            ? fmt::format(
                  "A clip of T > {0} frames becomes {0} frames: frame i stands at time i (T - 1) / ({0} "
                  "- 1), linear between frames (a single one in the middle). Shorter clips stay.",
                  config.frames)
            : fmt::format("Of a clip of more than {0} frames keep the first {0}. Shorter clips stay.",
                          config.frames));
    steps.emplace_back("What is still not detected becomes 0.");
    if (config.validity) {
        steps.emplace_back(
            "Append a feature for each part: 1 in frames of the recorded clip in which any of its values "
            "was detected (before gaps were filled), else 0; shortened as the coordinates were.");
    }
    if (config.canonical_hand) {
        steps.push_back(fmt::format(
            "Mirror the clip if its left hand is dominant. A hand's activity is the sum, over the recorded "
            "frames in which both coordinates of its wrist were detected (before gaps were filled), of the "
            "wrist's distance in x and y from its mean over these frames; the left hand is dominant if its "
            "activity is greater. To mirror: exchange left and right in the names of points and parts, then "
            "replace x by {} unless x and y are both 0.",
            config.normalise ? "-x" : "1 - x"));
    }
    return steps;
}

template <Worded E>
E from_word(const std::string& word) {
    if (const auto value = enum_of<E>(word)) {
        return *value;
    }
    throw ConfigError{fmt::format("{}: expected {}", word, fmt::join(words_of<E>(), " or "))};
}

}  // namespace

FeatureLayout layout_of(const PreprocessConfig& config) {
    return Preprocessor{config, points_of(config.points), config.coordinates}.layout();
}

json description_of(const EncoderConfig& config) {
    // Without blocks the CLS token has seen no frames, so the encoder takes the mean over frames.
    json inputs{{"parts", {word_of(InputPart::positions)}}};
    if (const auto derived = inputs_of(config)) {
        inputs["parts"] = derived->parts();
        const auto tables = input_tables(config.layout);
        inputs["layout"] = {{"shape", {std::ssize(config.layout.points), config.layout.coordinates}},
                            {"bones", tables.bones.ends},
                            {"bone_starts", tables.bones.starts},
                            {"fingers", tables.fingers.ends},
                            {"finger_starts", tables.fingers.starts},
                            {"hands", tables.hands},
                            {"palms", tables.palms.ends},
                            {"palm_starts", tables.palms.starts}};
    }
    return {{"features", config.features},
            {"inputs", inputs},
            {"frames", config.frames},
            {"blocks", config.blocks},
            {"width", config.width},
            {"heads", config.heads},
            {"pooling", word_of(config.blocks == 0 ? Pooling::mean : config.pooling)},
            {"position", word_of(config.position)},
            {"layer_norm", word_of(config.layer_norm)},
            {"layer_norm_epsilon", 1e-5},
            {"feed_forward_width", 4 * config.width},
            {"activation", "gelu, exact"},
            {"block", "pre-norm"},
            {"cls_token", "before the frames"}};
}

json description_of(const PreprocessConfig& config) {
    const auto layout = layout_of(config);
    return {{"points", word_of(config.points)},  {"coordinates", config.coordinates},
            {"smooth", config.smooth},           {"normalise", config.normalise},
            {"frames", config.frames},           {"shorten", word_of(config.shorten)},
            {"validity", config.validity},       {"canonical_hand", config.canonical_hand},
            {"features", feature_names(layout)}, {"steps", steps_of(config)}};
}

PreprocessConfig preprocess_config_of(const json& description) {
    if (description.value("part_masks", false)) {
        throw ConfigError{
            "part_masks: made by an earlier version, whose flags of body parts are no longer supported"};
    }
    return {.points = from_word<PointSet>(description.at("points")),
            .coordinates = description.at("coordinates"),
            .smooth = description.at("smooth"),
            .normalise = description.at("normalise"),
            .frames = description.at("frames"),
            .shorten = from_word<Shortening>(description.at("shorten")),
            .canonical_hand = description.value("canonical_hand", false),  // missing from older exports
            .validity = description.value("validity", false)};
}

}  // namespace sslslr
