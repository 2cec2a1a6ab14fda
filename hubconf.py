"""The networks of shiftlit for torch.hub, with the arguments of shiftlit.create_model, from a folder or from GitHub:

    torch.hub.load('<path>', 'shiftresnet20', source='local', pretrained='cifar10', expansion=1)
    torch.hub.load('<owner>/<repo>', 'shiftresnet20', pretrained='cifar10', expansion=1)
"""
from shiftlit.shiftresnet import (depthwiseresnet20, depthwiseresnet56, depthwiseresnet110, resnet20, resnet56, resnet110, shiftresnet20,
                                  shiftresnet56, shiftresnet110)

dependencies = ['torch', 'numpy', 'safetensors', 'tqdm', 'filelock']
