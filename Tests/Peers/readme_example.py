import json, sys, torch, torch.nn.functional as F
from safetensors.torch import load_file

folder = sys.argv[1]  # e.g. deploy/models/mnist-2d/1
config, weights = json.load(open(f"{folder}/config.json")), load_file(f"{folder}/model.safetensors")

def run(part, x):
    for i, layer in enumerate(config[part]):
        if layer["type"] == "reshape":
            x = x.reshape(-1, *layer["shape"])
            continue
        parameters, stride = (weights[f"{part}.{i}.weight"], weights[f"{part}.{i}.bias"]), layer.get("stride", 1)
        extra = layer.get("kernel", 1) - stride  # the odd row and column are the last ones
        if layer["type"] == "dense":
            x = F.linear(x.flatten(1), *parameters)
        elif layer["type"] == "convolution":
            x = F.conv2d(F.pad(x, [extra // 2, extra - extra // 2] * 2), *parameters, stride=stride)
        else:
            x = F.pad(F.conv_transpose2d(x, *parameters, stride=stride), [-(extra // 2), extra // 2 - extra] * 2)
        x = x if layer.get("activation") == "none" else F.leaky_relu(x, 0.3)
    return x

encode = lambda images: F.linear(run("encoder", images).flatten(1), weights["mean.weight"], weights["mean.bias"])
decode = lambda latents: torch.sigmoid(run("decoder", latents))
