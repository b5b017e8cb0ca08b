#include "src/synthetic/synthetic_signs.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/data/points.hpp"
#include "src/errors.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

constexpr std::int64_t points = 75;
constexpr std::int64_t end_poses = 4;  ///< two at either end; the order of each two is a bit of the class

std::uint64_t key(std::int64_t value) {
    return static_cast<std::uint64_t>(value);
}

/// Draws a number of mean 0 and deviation 1, nearly normal, between -6 and 6. Unlike logarithms, sums are the
/// same on every machine.
double normal(KeyedRandom& random) {
    double sum = -6;
    for (int i = 0; i < 12; ++i) {
        sum += random.uniform();
    }
    return sum;
}

/// Returns the fewest poses whose orders suffice for the classes.
std::int64_t fewest_poses(std::int64_t classes) {
    std::int64_t between = 0;
    for (std::int64_t orders = 1; 4 * orders < classes; orders *= between) {
        ++between;
    }
    return end_poses + between;
}

std::int64_t poses_per_sign(const SyntheticConfig& config) {
    const auto frames = static_cast<double>(config.last - config.first);
    const auto fitting = static_cast<std::int64_t>(std::floor(frames / config.pose_frames + 0.5));
    return std::max(fitting,
                    config.kind == SyntheticKind::order ? fewest_poses(config.classes) : std::int64_t{1});
}

void expect(bool holds, const std::string& found, const std::string& expected) {
    if (!holds) {
        throw ConfigError{fmt::format("{}: expected {}", found, expected)};
    }
}

void check_counts(const SyntheticConfig& c) {
    constexpr std::int64_t most = 1'000'000;  // of anything, which keeps the frames of a store far below 2^63
    const std::int64_t fewest = c.kind == SyntheticKind::order ? 4 : 2;
    expect(c.classes >= fewest && c.classes <= most, io::setting("classes", c.classes),
           fmt::format("{} to {} signs of kind {}", fewest, most, word_of(c.kind)));
    expect(c.clips >= c.classes && c.clips <= 1000 * most, io::setting("clips", c.clips),
           fmt::format("at least one for each of the {} classes", c.classes));
    expect(c.signers >= 1 && c.signers <= c.clips, io::setting("signers", c.signers),
           fmt::format("1 to the number of clips, {}", c.clips));
    expect(c.length >= 1 && c.length <= most, io::setting("length", c.length),
           fmt::format("1 to {} frames", most));
    expect(c.length_spread >= 0 && c.length_spread < c.length, io::setting("length-spread", c.length_spread),
           fmt::format("0 or more frames, fewer than {}", io::setting("length", c.length)));
    expect(c.first >= 0 && c.first < c.last, io::setting("first", c.first),
           fmt::format("0 or more, less than {}", io::setting("last", c.last)));
    expect(c.last <= c.length, io::setting("last", c.last),
           fmt::format("at most {}", io::setting("length", c.length)));
}

void check(const SyntheticConfig& c) {
    check_counts(c);
    constexpr double largest = 100;
    expect(c.pose_frames >= 1 && c.pose_frames <= 1e6, io::setting("pose-frames", c.pose_frames),
           "1 or more frames");
    for (const auto& [name, value] : {std::pair{io::Setting{"noise"}, c.noise},
                                      {io::Setting{"clip-variation"}, c.clip_variation},
                                      {io::Setting{"signer-variation"}, c.signer_variation}}) {
        expect(value >= 0 && value <= largest, io::setting(name, value),
               fmt::format("0 to {} shoulder widths", largest));
    }
    const auto poses = poses_per_sign(c);
    expect(poses <= c.last - c.first,
           fmt::format("{} {}", io::setting("first", c.first), io::setting("last", c.last)),
           fmt::format(
               "at least {} frames between them: the orders of fewer poses cannot distinguish {} classes",
               poses, c.classes));
}

/// Returns the poses of a class, for the kind `order`.
std::vector<std::int64_t> order_of(std::int64_t label, std::int64_t poses) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(poses));
    std::iota(order.begin(), order.end(), 0);
    for (auto rank = label / 4; rank > 0; --rank) {
        std::next_permutation(order.begin() + 2, order.end() - 2);
    }
    if (label % 2 == 1) {
        std::iter_swap(order.begin(), order.begin() + 1);
    }
    if (label / 2 % 2 == 1) {
        std::iter_swap(order.end() - 1, order.end() - 2);
    }
    return order;
}

/// Draws a posture in the space where signs are made.
Posture random_posture(KeyedRandom& random) {
    Posture posture;
    for (auto* arm : {&posture.left, &posture.right}) {
        arm->x = -0.3 + 1.1 * random.uniform();
        arm->y = -0.5 + 1.4 * random.uniform();
        arm->turn_x = -0.65 + 1.3 * random.uniform();
        arm->turn_y = -0.65 + 1.3 * random.uniform();
        for (auto& curl : arm->curl) {
            curl = random.uniform();
        }
    }
    return posture;
}

/// Returns the time, from 0 to 1, at which the share `u` of the informative part is reached. A positive tempo
/// delays all of it but the ends.
double warped(double u, double tempo) {
    constexpr double largest = 0.5;
    return u + std::clamp(tempo, -largest, largest) * u * (1 - u);
}

Posture between(const Posture& a, const Posture& b, double share) {
    const double eased = share * share * (3 - 2 * share);
    auto posture = a;
    for_each_value([&](double& value, const double& other) { value += eased * (other - value); }, posture, b);
    return posture;
}

}  // namespace

SyntheticSigns::SyntheticSigns(SyntheticConfig config) : config_{std::move(config)} {
    check(config_);
    const auto per_sign = poses_per_sign(config_);
    for (std::int64_t label = 0; label < config_.classes; ++label) {
        signs_.push_back(order_of(config_.kind == SyntheticKind::order ? label : 0, per_sign));
        if (config_.kind == SyntheticKind::pose) {
            std::ranges::for_each(signs_.back(), [&](std::int64_t& pose) { pose += label * per_sign; });
        }
    }
    const auto poses = config_.kind == SyntheticKind::order ? per_sign : config_.classes * per_sign;
    for (std::int64_t pose = 0; pose < poses; ++pose) {
        KeyedRandom random{config_.seed, Purpose::synthetic_pose, {key(pose)}};
        poses_.push_back(random_posture(random));
    }
    for (std::int64_t number = 0; number < config_.signers; ++number) {
        KeyedRandom random{config_.seed, Purpose::synthetic_signer, {key(number)}};
        const auto varied = [&](double value) {
            return value * (1 + std::clamp(config_.signer_variation * normal(random), -0.5, 0.5));
        };
        Signer signer;
        auto& body = signer.body;
        for (auto* value :
             {&body.upper_arm, &body.forearm, &body.hand, &body.shoulder_width, &body.x, &body.y}) {
            *value = varied(*value);
        }
        for_each_value([&](double& value) { value = config_.signer_variation * normal(random); },
                       signer.habit);
        signer.tempo = config_.signer_variation * normal(random);
        signers_.push_back(signer);
    }
}

io::ClipIndex SyntheticSigns::index() const {
    io::ClipIndex index;
    index.offsets = {0};
    for (std::int64_t clip = 0; clip < config_.clips; ++clip) {
        index.offsets.push_back(index.offsets.back() + length(clip));
        index.labels.push_back(label_of(clip));
        index.signers.push_back(signer_of(clip));
        index.ids.push_back(clip);
    }
    for (std::int64_t label = 0; label < config_.classes; ++label) {
        index.label_names.push_back(fmt::format("sign-{:02}", label + 1));
    }
    for (std::int64_t signer = 0; signer < config_.signers; ++signer) {
        index.signer_names.push_back(fmt::format("signer-{}", signer + 1));
    }
    index.point_names = points_of(PointSet::all);
    index.coordinates = 2;
    index.attributes["coordinates"] = "x,y";
    return index;
}

std::int64_t SyntheticSigns::length(std::int64_t clip) const {
    KeyedRandom random{config_.seed, Purpose::synthetic_length, {key(clip)}};
    const auto choices = static_cast<std::uint32_t>(2 * config_.length_spread + 1);
    return config_.length - config_.length_spread + random.below(choices);
}

PlantedBoundary SyntheticSigns::boundary(std::int64_t clip) const {
    const auto scaled = [&, frames = length(clip)](std::int64_t frame) {
        return (2 * frame * frames + config_.length) / (2 * config_.length);
    };
    return {scaled(config_.first), scaled(config_.last)};
}

const std::vector<std::int64_t>& SyntheticSigns::poses_of(std::int64_t label) const {
    return signs_.at(static_cast<std::size_t>(label));
}

void SyntheticSigns::draw(std::int64_t clip, std::span<float> out) const {
    const auto keyframes_of_clip = keyframes(clip);
    const auto& signer = signers_[static_cast<std::size_t>(signer_of(clip))];
    KeyedRandom random{config_.seed, Purpose::synthetic_noise, {key(clip)}};
    constexpr std::size_t values = 2 * points;
    std::array<double, values> frame{};
    auto next = keyframes_of_clip.begin() + 1;
    for (std::size_t time = 0; time < out.size() / values; ++time) {
        const auto now = static_cast<double>(time);
        while (next->time <= now && next + 1 != keyframes_of_clip.end()) {
            ++next;
        }
        const auto& [start, posture] = *(next - 1);
        const double share = std::clamp((now - start) / (next->time - start), 0.0, 1.0);
        place(between(posture, next->posture, share), signer.body, frame);
        for (std::size_t value = 0; value < values; ++value) {
            const double noise = config_.noise * signer.body.shoulder_width * normal(random);
            out[time * values + value] = static_cast<float>(frame[value] + noise);
        }
    }
}

std::int64_t SyntheticSigns::label_of(std::int64_t clip) const {
    return clip % config_.classes;
}

std::int64_t SyntheticSigns::signer_of(std::int64_t clip) const {
    return (clip / config_.classes + clip % config_.classes) % config_.signers;
}

std::vector<SyntheticSigns::Keyframe> SyntheticSigns::keyframes(std::int64_t clip) const {
    const auto [first, last] = boundary(clip);
    const auto& sign = poses_of(label_of(clip));
    const auto& signer = signers_[static_cast<std::size_t>(signer_of(clip))];
    const auto frames = static_cast<double>(last - first);
    KeyedRandom random{config_.seed, Purpose::synthetic_clip, {key(clip)}};
    const double tempo = signer.tempo + config_.clip_variation * normal(random);

    std::vector<Keyframe> all;
    append_coarticulation(all, 0, first, random);
    for (std::size_t at = 0; at < sign.size(); ++at) {
        const double share = (static_cast<double>(at) + 0.5) / static_cast<double>(sign.size());
        all.push_back({static_cast<double>(first) - 0.5 + frames * warped(share, tempo),
                       poses_[static_cast<std::size_t>(sign[at])]});
    }
    append_coarticulation(all, last, length(clip), random);
    for (auto& keyframe : all) {
        for_each_value([&](double& value,
                           const double& habit) { value += habit + config_.clip_variation * normal(random); },
                       keyframe.posture, signer.habit);
    }
    return all;
}

void SyntheticSigns::append_coarticulation(std::vector<Keyframe>& keyframes, std::int64_t begin,
                                           std::int64_t end, KeyedRandom& random) const {
    const auto frames = static_cast<double>(end - begin);
    const auto pace =
        static_cast<double>(config_.last - config_.first) / static_cast<double>(signs_.front().size());
    std::vector<std::size_t> shown(
        end > begin ? static_cast<std::size_t>(std::max(1.0, std::round(frames / pace))) : 0);
    for (std::size_t at = 0; at < shown.size(); ++at) {
        shown[at] = at % poses_.size();
    }
    shuffle(std::span{shown}, random);
    // The first and the last pose are in the outermost frames, so that the movements to and from the sign are
    // within its own frames.
    for (std::size_t at = 0; at < shown.size(); ++at) {
        const double share =
            shown.size() == 1 ? 0.5 : static_cast<double>(at) / static_cast<double>(shown.size() - 1);
        keyframes.push_back({static_cast<double>(begin) + share * (frames - 1), poses_[shown[at]]});
    }
}

}  // namespace sslslr
