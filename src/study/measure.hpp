#pragma once

#include <string>

namespace sslslr {

/// A figure that tables show.
struct Measure {
    enum class Source {
        labels,      ///< of a protocol's predictions
        embedding,   ///< of the features of test clips
        retrieval,   ///< of how well test clips find training clips of their sign
        pretraining  ///< of the training itself
    };
    const char* name;
    Source source;
    const char* unit;
    double scale;  ///< factor to the unit
    int digits;    ///< after the point, in the unit
    int sign;      ///< 1 higher is better, -1 lower is better, 0 neither
    /// For a share of test clips: the entry of a job's detail that has a digit for each clip.
    const char* of_clips = nullptr;
};

/// Returns the measure of this name. @throws ConfigError  there is none; lists those there are
const Measure& measure_named(const std::string& name);

}  // namespace sslslr
