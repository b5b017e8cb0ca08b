#include "src/synthetic/synthetic_signs.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "src/data/nearly_normal.hpp"
#include "src/data/points.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

constexpr std::size_t values = 2 * 75;  ///< of a frame: x and y of its points

std::uint64_t key(std::int64_t value) {
    return static_cast<std::uint64_t>(value);
}

/// Returns for each movement whether a class makes it backwards.
std::vector<std::int64_t> directions_of(std::int64_t label, std::int64_t movements) {
    std::vector<std::int64_t> directions(static_cast<std::size_t>(movements));
    for (std::int64_t bit = 0; bit < movements; ++bit, label /= 2) {
        const auto inwards = bit / 2;
        directions[static_cast<std::size_t>(bit % 2 == 0 ? inwards : movements - 1 - inwards)] = label % 2;
    }
    return directions;
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
    const auto parts = parts_of_sign(config_);
    const bool is_order = config_.kind == SyntheticKind::order;
    for (std::int64_t label = 0; label < config_.classes; ++label) {
        if (is_order) {
            signs_.push_back(directions_of(label, parts));
        } else {
            auto& poses = signs_.emplace_back(static_cast<std::size_t>(parts));
            std::iota(poses.begin(), poses.end(), label * parts);
        }
    }
    const auto poses = is_order ? 1 + 2 * parts : config_.classes * parts;
    for (std::int64_t pose = 0; pose < poses; ++pose) {
        KeyedRandom random{config_.seed, Purpose::synthetic_pose, {key(pose)}};
        poses_.push_back(random_posture(random));
    }
    for (std::int64_t number = 0; number < config_.signers; ++number) {
        KeyedRandom random{config_.seed, Purpose::synthetic_signer, {key(number)}};
        const auto varied = [&](double value) {
            return value * (1 + std::clamp(config_.signer_variation * nearly_normal(random), -0.5, 0.5));
        };
        Signer signer;
        auto& body = signer.body;
        for (auto* value :
             {&body.upper_arm, &body.forearm, &body.hand, &body.shoulder_width, &body.x, &body.y}) {
            *value = varied(*value);
        }
        for_each_value([&](double& value) { value = config_.signer_variation * nearly_normal(random); },
                       signer.habit);
        signer.tempo = config_.signer_variation * nearly_normal(random);
        signers_.push_back(signer);
    }
}

io::ClipIndex SyntheticSigns::index() const {
    io::ClipIndex index;
    index.offsets = {0};
    for (std::int64_t clip = 0; clip < config_.clips; ++clip) {
        index.offsets.push_back(index.offsets.back() + length(clip));
        index.labels.push_back(label_of(clip));
        index.signers.push_back(signer_number(clip));
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

void SyntheticSigns::trace(const std::vector<Keyframe>& keyframes, const Body& body, std::int64_t frames,
                           const std::function<void(std::int64_t, std::span<const double>)>& show) const {
    std::array<double, values> frame{};
    auto next = keyframes.begin() + 1;
    for (std::int64_t time = 0; time < frames; ++time) {
        const auto now = static_cast<double>(time);
        while (next->time <= now && next + 1 != keyframes.end()) {
            ++next;
        }
        const auto& [start, posture] = *(next - 1);
        const double share = std::clamp((now - start) / (next->time - start), 0.0, 1.0);
        place(between(posture, next->posture, share), body, frame);
        show(time, frame);
    }
}

void SyntheticSigns::draw(std::int64_t clip, std::span<float> out) const {
    const auto& body = signer_of(clip).body;
    KeyedRandom random{config_.seed, Purpose::synthetic_noise, {key(clip)}};
    trace(keyframes(clip), body, length(clip), [&](std::int64_t time, std::span<const double> frame) {
        for (std::size_t value = 0; value < values; ++value) {
            const double noise = config_.noise * body.shoulder_width * nearly_normal(random);
            out[static_cast<std::size_t>(time) * values + value] = static_cast<float>(frame[value] + noise);
        }
    });
}

std::vector<SyntheticSigns::Evidence> SyntheticSigns::direction_evidence(std::int64_t clip) const {
    if (config_.kind != SyntheticKind::order) {
        throw ConfigError{"direction_evidence(): signs of kind order are required"};
    }
    constexpr double least_noise = 1e-3;  // shoulder widths
    const auto frames = length(clip);
    const auto& body = signer_of(clip).body;
    const auto deviation = std::max(config_.noise, least_noise) * body.shoulder_width;
    const auto sign = static_cast<std::int64_t>(signs_.front().size());
    std::vector<Evidence> evidence(static_cast<std::size_t>(sign));
    std::vector<std::vector<double>> traces;
    std::vector<Movement> made;
    for (const bool turned : {false, true}) {
        auto random = random_of(clip);
        made = movements(clip, random);
        if (turned) {
            std::ranges::for_each(made, [](Movement& each) { each.backwards = !each.backwards; });
        }
        auto& points_of_clip = traces.emplace_back();
        trace(keyframes_of_movements(clip, made, random), body, frames,
              [&](std::int64_t, std::span<const double> frame) {
                  points_of_clip.insert(points_of_clip.end(), frame.begin(), frame.end());
              });
    }
    const auto [first, last] = boundary(clip);
    for (const auto& each : made) {
        if (each.begin < first || each.begin >= last) {
            continue;
        }
        auto& [begin, distances] = evidence[static_cast<std::size_t>(each.number)];
        begin = each.begin;
        for (auto time = each.begin; time < each.end; ++time) {
            double sum = 0;
            for (std::size_t value = 0; value < values; ++value) {
                const auto at = static_cast<std::size_t>(time) * values + value;
                const auto difference = (traces[0][at] - traces[1][at]) / deviation;
                sum += difference * difference;
            }
            distances.push_back(sum);
        }
    }
    return evidence;
}

std::int64_t SyntheticSigns::label_of(std::int64_t clip) const {
    return clip % config_.classes;
}

std::int64_t SyntheticSigns::signer_number(std::int64_t clip) const {
    return (clip / config_.classes + clip % config_.classes) % config_.signers;
}

const SyntheticSigns::Signer& SyntheticSigns::signer_of(std::int64_t clip) const {
    return signers_[static_cast<std::size_t>(signer_number(clip))];
}

KeyedRandom SyntheticSigns::random_of(std::int64_t clip) const {
    return {config_.seed, Purpose::synthetic_clip, {key(clip)}};
}

std::vector<SyntheticSigns::Keyframe> SyntheticSigns::keyframes(std::int64_t clip) const {
    if (config_.kind == SyntheticKind::pose) {
        return keyframes_of_poses(clip);
    }
    auto random = random_of(clip);
    const auto made = movements(clip, random);
    return keyframes_of_movements(clip, made, random);
}

std::vector<SyntheticSigns::Movement> SyntheticSigns::movements(std::int64_t clip,
                                                                KeyedRandom& random) const {
    const auto [first, last] = boundary(clip);
    const auto& sign = poses_of(label_of(clip));
    const auto parts = static_cast<std::int64_t>(sign.size());
    const auto frames = last - first;
    const auto pace = std::max<std::int64_t>((frames + parts / 2) / parts, 1);
    std::vector<Movement> made;
    const auto add_random = [&](std::int64_t begin) {
        const auto number = random.below(static_cast<std::uint32_t>(parts));
        made.push_back({begin, begin + pace, number, random.below(2) == 1});
    };
    // The outermost movements may be cut off by the ends of the clip.
    for (auto begin = first - (first + pace - 1) / pace * pace; begin < first; begin += pace) {
        add_random(begin);
    }
    for (std::int64_t part = 0; part < parts; ++part) {
        made.push_back({first + part * frames / parts, first + (part + 1) * frames / parts, part,
                        sign[static_cast<std::size_t>(part)] == 1});
    }
    for (auto begin = last; begin < length(clip); begin += pace) {
        add_random(begin);
    }
    return made;
}

std::vector<SyntheticSigns::Keyframe> SyntheticSigns::keyframes_of_movements(
    std::int64_t clip, const std::vector<Movement>& movements, KeyedRandom& random) const {
    const auto varied = [&](Posture posture) {
        for_each_value(
            [&](double& value, const double& habit) {
                value += habit + config_.clip_variation * nearly_normal(random);
            },
            posture, signer_of(clip).habit);
        return posture;
    };
    // Between frames, so that frames are spaced evenly and symmetrically over each movement.
    const auto time_of = [](std::int64_t frame) { return static_cast<double>(frame) - 0.5; };
    const auto rest = varied(poses_.front());
    std::vector<Keyframe> all{{time_of(movements.front().begin), rest}};
    for (const auto& [begin, end, number, backwards] : movements) {
        auto one = varied(poses_[static_cast<std::size_t>(1 + 2 * number)]);
        auto other = varied(poses_[static_cast<std::size_t>(2 + 2 * number)]);
        if (backwards) {
            std::swap(one, other);
        }
        const auto third = static_cast<double>(end - begin) / 3;
        all.push_back({time_of(begin) + third, one});
        all.push_back({time_of(end) - third, other});
        all.push_back({time_of(end), rest});
    }
    return all;
}

std::vector<SyntheticSigns::Keyframe> SyntheticSigns::keyframes_of_poses(std::int64_t clip) const {
    const auto [first, last] = boundary(clip);
    const auto& sign = poses_of(label_of(clip));
    const auto& signer = signer_of(clip);
    const auto frames = static_cast<double>(last - first);
    auto random = random_of(clip);
    const double tempo = signer.tempo + config_.clip_variation * nearly_normal(random);

    std::vector<Keyframe> all;
    append_coarticulation(all, 0, first, random);
    for (std::size_t at = 0; at < sign.size(); ++at) {
        const double share = (static_cast<double>(at) + 0.5) / static_cast<double>(sign.size());
        all.push_back({static_cast<double>(first) - 0.5 + frames * warped(share, tempo),
                       poses_[static_cast<std::size_t>(sign[at])]});
    }
    append_coarticulation(all, last, length(clip), random);
    for (auto& keyframe : all) {
        for_each_value(
            [&](double& value, const double& habit) {
                value += habit + config_.clip_variation * nearly_normal(random);
            },
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
