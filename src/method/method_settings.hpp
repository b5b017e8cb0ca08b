#pragma once

namespace sslslr {

struct MethodConfig;
class Options;

/// A section of options that some methods share or one has to itself, on the fields of MethodConfig.
struct MethodSettings {
    const char* title;  ///< in --help
    void (*declare)(Options& options, MethodConfig& fields);
    void (*check)(const MethodConfig& config) = [](const MethodConfig&) {};  ///< @throws ConfigError
};

}  // namespace sslslr
